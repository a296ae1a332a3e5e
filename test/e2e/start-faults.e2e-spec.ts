/** A process that cannot start says why in words, on stderr, and ends with a code that is not 0. */
import { mkdirSync, readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { NodeProcess } from '../support/node-process.js';
import type { Environment } from '../support/node-process.js';
import { freePort } from '../support/ports.js';

const SOUND: Environment = { SERVER_TYPE: 'master', API_KEY: 'a-client-key', HOST: '127.0.0.1', SEGMENT_BYTES: '2MiB' };

let root: string;
let running: NodeProcess[] = [];
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'replog-'));
});
afterEach(async () => {
  await Promise.all(running.map((node) => node.kill()));
  running = [];
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function start(nodeId: string, environment: Environment): Promise<NodeProcess> {
  const port = await freePort();
  const node = new NodeProcess(nodeId, port, root, { ...SOUND, MASTER_PORT: String(port), ...environment });
  running.push(node);
  node.start();
  return node;
}

/** The code with which the process ended, and what it said. */
async function refusal(nodeId: string, environment: Environment): Promise<{ code: number | null; said: string }> {
  const node = await start(nodeId, environment);
  const { code } = await node.exit;
  return { code, said: wordsOf(node.output) };
}

function wordsOf(output: string): string {
  return output
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('{"level":"warn"'))
    .join('\n');
}

describe('a process', () => {
  it('lists every fault of its configuration at once, shows no secret, and exits with 78', async () => {
    const { code, said } = await refusal('faulty', {
      SERVER_TYPE: 'boss',
      API_KEY: 'has a space',
      HEALTHCHECK_DELAY: 'often',
      MAX_SECONDARIES: '9999',
      DEFAULT_WRITE_CONCERN: 'most',
      LOG_LEVEL: 'loud',
      MASTER_PORT: '65536',
    });
    expect(code).toBe(78);
    expect(said).toMatch(/^The configuration has 7 faults:\n/);
    for (const fault of [
      /SERVER_TYPE is "boss"; allowed: `master` or `secondary`/,
      /API_KEY is 11 characters long \(not shown\); allowed: /,
      /HEALTHCHECK_DELAY is "often"; allowed: seconds/,
      /MAX_SECONDARIES is "9999"/,
      /DEFAULT_WRITE_CONCERN is "most"; allowed: `majority`/,
      /LOG_LEVEL is "loud"; allowed: `fatal`/,
      /MASTER_PORT is "65536"/,
    ]) {
      expect(said).toMatch(fault);
    }
    expect(said).not.toContain('has a space');
  });

  it('names a variable that looks mistyped, and goes on without it', async () => {
    const node = await start('mistyped', { HEALTHCHECK_FAILURE: '9' });
    await eventually('it is ready', () => node.client.isReady());
    const hint = /"warn".*HEALTHCHECK_FAILURE is set, .* did you mean HEALTHCHECK_FAILURES\?/;
    await eventually('it says so', () => hint.test(node.output));
  });

  it('says that its port is in use', async () => {
    const squatter = createServer();
    await once(squatter.listen(0, '127.0.0.1'), 'listening');
    const { port } = squatter.address() as AddressInfo;
    const { code, said } = await refusal('late', { MASTER_PORT: String(port) });
    await once(squatter.close(), 'close');
    expect(code).toBe(1);
    expect(said).toBe(
      `Port ${port} is in use: stop what listens there, or choose another (MASTER_PORT, SECONDARY_PORT).`,
    );
  });

  it('says that its data directory belongs to another process, which goes on', async () => {
    const first = await start('first', {});
    await eventually('it is ready', () => first.client.isReady());
    const { code, said } = await refusal('second', { DATA_DIR: first.dataDir });
    expect(code).toBe(1);
    expect(said).toMatch(/^The data directory .*first is in use by another process: [^\n]*own NODE_ID[^\n]*$/);
    expect(await first.client.isReady()).toBe(true);
  });

  it('says that its data directory is that of another node id, and changes nothing there', async () => {
    const first = await start('known', {});
    await eventually('it is ready', () => first.client.isReady());
    await first.stop();
    const kept = readFileSync(join(first.dataDir, 'node.json'), 'utf8');
    const { code, said } = await refusal('renamed', { DATA_DIR: first.dataDir });
    expect(code).toBe(1);
    expect(said).toMatch(
      /^The data directory .*known is that of node known, and this node is renamed: [^\n]*NODE_ID=known[^\n]*$/,
    );
    expect(readFileSync(join(first.dataDir, 'node.json'), 'utf8')).toBe(kept);
  });

  it('says that its data directory cannot be written', async () => {
    writeFileSync(join(root, 'a-file'), '');
    const { code, said } = await refusal('nowhere', { DATA_DIR: join(root, 'a-file', 'below') });
    expect(code).toBe(1);
    expect(said).toMatch(/^The data directory .*below cannot be written to \([^\n]*\): make it writable[^\n]*$/);
  });

  it('says that its node.json is damaged, and leaves it as it is', async () => {
    mkdirSync(join(root, 'hurt'));
    writeFileSync(join(root, 'hurt', 'node.json'), '{"nodeId":"hurt"');
    const { code, said } = await refusal('hurt', {});
    expect(code).toBe(1);
    expect(said).toMatch(/^[^\n]*node\.json is damaged \([^\n]*\)\. Restore it from a backup[^\n]*$/);
  });

  it('writes for human eyes with LOG_FORMAT=pretty', async () => {
    const node = await start('pretty', { LOG_FORMAT: 'pretty' });
    await eventually('it is ready', () => node.client.isReady());
    const said = await eventually('it has said so', () => /INFO.*master in epoch 1 on port/.exec(node.output)?.[0]);
    expect(said).not.toContain('{"level"');
  });
});
