import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { KeepAliveClient } from '../support/keep-alive-client.js';
import type { AppendAnswer } from '../support/keep-alive-client.js';
import type { NodeProcess } from '../support/node-process.js';

const FILES = 96;
const SMALL = { SEGMENT_BYTES: '256KiB', MAX_MESSAGE_BYTES: '64KiB' };
const TEXT = 'x'.repeat(30_000);

describe.skipIf(process.platform !== 'linux')('a master of which clients take every descriptor', () => {
  let cluster: Cluster;
  let crowd: Socket[] = [];
  let writer: KeepAliveClient;

  afterEach(async () => {
    writer.close();
    for (const socket of crowd) socket.destroy();
    await cluster.end();
  });

  /** Alone; it may have `FILES` files open. */
  async function start(environment: Record<string, string> = {}): Promise<NodeProcess> {
    cluster = await Cluster.prepare({ ...SMALL, ...environment });
    const { master } = cluster;
    master.launcher = ['/bin/sh', '-c', `ulimit -n ${FILES}; exec "$@"`, 'sh'];
    master.start();
    await cluster.ready(master);
    // The writer has its connection before the crowd comes.
    writer = new KeepAliveClient();
    expect((await write(master, 0)).status).toBe(201);
    return master;
  }

  function write(master: NodeProcess, number: number): Promise<AppendAnswer> {
    return writer.append(master.url, '/messages/0', `key ${number}`, TEXT);
  }

  /** More connections than the process has descriptors; most are closed at once, the others stay. */
  async function gather(master: NodeProcess): Promise<void> {
    crowd = Array.from({ length: 2 * FILES }, () => connect(master.port, '127.0.0.1').on('error', () => undefined));
    for (const socket of crowd) socket.resume().write('GET /messages HTTP/1.1\r\nHost: a\r\n');
    await eventually('most are closed', () => crowd.filter(({ closed }) => closed).length > FILES);
  }

  it('keeps what it needs for itself: it writes on over several segments, and turns the others away', async () => {
    const master = await start();
    await gather(master);
    for (let number = 1; number <= 30; number++) expect((await write(master, number)).status).toBe(201);
    expect(master.output).toContain('connections are in use (MAX_CONNECTIONS)');
  });

  it('refuses for a while what it cannot do, where the limit is set too high, and recovers by itself', async () => {
    const master = await start({ MAX_CONNECTIONS: '1000' });
    expect(master.output).toContain('more than half of the');
    await gather(master);
    const answers = new Set<string>();
    for (let number = 1; number <= 30; number++) {
      const { status, body } = await write(master, number);
      answers.add(status === 201 ? '201' : `${status} ${body.code}`);
    }
    expect([...answers].sort()).toEqual(['201', '503 OUT_OF_RESOURCES']);
    for (const socket of crowd) socket.destroy();
    await eventually('it writes again', async () => (await write(master, 31)).status === 201);
    expect(master.isRunning).toBe(true);
  });
});
