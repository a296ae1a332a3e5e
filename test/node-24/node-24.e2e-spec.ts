/** A node on Node.js 24, whatever runs this test. `npm test` fetches it; by hand: `npm ci --prefix test/node-24`. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { NodeProcess } from '../support/node-process.js';
import { freePort } from '../support/ports.js';

const PACKAGE = `./node_modules/node-${process.platform}-${process.arch}/bin/node`;
const NODE_24 = fileURLToPath(new URL(PACKAGE, import.meta.url));

describe('Node.js 24', () => {
  let root: string | undefined;
  let node: NodeProcess | undefined;

  afterEach(async () => {
    await node?.kill();
    if (root !== undefined) rmSync(root, { recursive: true });
  });

  it('starts a node, takes a write and stops, and its output begins with no error', async ({ skip }) => {
    skip(!existsSync(NODE_24), `it is not installed (npm ci --prefix test/node-24)`);
    root = mkdtempSync(join(tmpdir(), 'replog-node-24-'));
    const port = await freePort();
    const environment = {
      SERVER_TYPE: 'master',
      MASTER_PORT: String(port),
      HOST: '127.0.0.1',
      API_KEY: 'a-client-key',
      CLUSTER_SECRET: 'a-cluster-secret',
      SEGMENT_BYTES: '2MiB',
    };
    const here = { host: '127.0.0.1', launcher: [], executable: NODE_24 };
    const started = (node = new NodeProcess('master', port, root, environment, here));
    started.start();
    await eventually('it is ready', () => started.client.isReady());

    const { status } = await started.client.append('hello', 0);
    expect(status).toBe(201);
    expect(await started.stop()).toEqual({ code: 0, signal: null });
    const [first = ''] = started.output.split('\n');
    expect(JSON.parse(first)).toMatchObject({ level: 'info' });
  });
});
