import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { MessageView, Receipt, WriteConcernView } from '@replog/contracts/views.js';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import type { NodeProcess } from '../support/node-process.js';
import { SmallDisk, whyNoSmallDisk } from '../support/small-disk.js';

const WHY_NOT = whyNoSmallDisk();
const SMALL = { SEGMENT_BYTES: '1MiB', MAX_MESSAGE_BYTES: '256KiB' };
const DISK_MIB = 16;
/** What is left of it at first: room for a few segments. */
const ROOM_BYTES = 3.5 * 1024 * 1024;
const TEXT = 'x'.repeat(50_000);

describe.skipIf(WHY_NOT !== null)(`a full disk${WHY_NOT === null ? '' : ` (skipped: ${WHY_NOT})`}`, () => {
  let cluster: Cluster;
  let disk: SmallDisk;

  afterEach(async () => {
    await Promise.all(cluster.nodes.map((node) => node.kill()));
    disk.unmount();
    await cluster.end();
  });

  function giveSmallDisk(node: NodeProcess): void {
    disk = SmallDisk.mount(node.dataDir, DISK_MIB);
    disk.fill(ROOM_BYTES);
  }

  it('of a master rejects writes and lets reads go on; writing resumes by itself when there is room', async () => {
    cluster = await Cluster.prepare(SMALL);
    const { master } = cluster;
    giveSmallDisk(master);
    master.start();
    await cluster.ready(master);

    const stored: string[] = [];
    const rejected: string[] = [];
    for (let number = 1; rejected.length < 5; number++) {
      const message = `${number} ${TEXT}`;
      const { status, body } = await master.client.append(message, 0);
      if (status === 201) stored.push(message);
      else {
        expect([status, body.code, body.retriable]).toEqual([507, 'STORAGE_FULL', true]);
        rejected.push(message);
      }
    }
    expect(stored.length).toBeGreaterThan(20);
    expect(await textsOf(master)).toEqual(stored);
    expect((await master.client.get('/healthcheck')).status).toBe(200);
    const full = (await master.client.get<WriteConcernView>('/write-concern/0')).body;
    expect(full).toMatchObject({ canBeMet: false, refusedWith: 'STORAGE_FULL' });
    expect(full.reason).toMatch(/The disk of this node, or its quota, is full/);

    disk.makeRoom();
    const free = (await master.client.get<WriteConcernView>('/write-concern/0')).body;
    expect(free).toMatchObject({ canBeMet: true, reason: null, refusedWith: null });
    expect((await master.client.append('after', 0)).status).toBe(201);
    expect((await master.client.append(`again ${TEXT}`, 0)).status).toBe(201);
    const all = [...stored, 'after', `again ${TEXT}`];
    expect(await textsOf(master)).toEqual(all);
    await master.kill();
    master.start();
    await cluster.ready(master);
    expect(await textsOf(master)).toEqual(all);
  });

  it('that its log file is on as well loses lines of the log, and neither ends nor holds up the node', async () => {
    cluster = await Cluster.prepare({ ...SMALL, LOG_LEVEL: 'trace' });
    const { master } = cluster;
    giveSmallDisk(master);
    const logFile = join(master.dataDir, 'node.log');
    master.launcher = ['/bin/sh', '-c', `exec "$@" >> ${logFile} 2>&1`, 'sh'];
    master.start();
    await cluster.ready(master);

    disk.fill(0);
    let size = 0;
    await eventually('the log file grows no further', async () => {
      const before = size;
      await master.client.get('/healthcheck');
      size = statSync(logFile).size;
      return size === before;
    });
    const stored: string[] = [];
    const refused = await eventually('the segment on disk is full', async () => {
      const answer = await master.client.append(`${stored.length} ${TEXT}`, 0);
      if (answer.status !== 201) return answer;
      stored.push(`${stored.length} ${TEXT}`);
      return null;
    });
    expect([refused.status, refused.body.code]).toEqual([507, 'STORAGE_FULL']);
    for (let number = 1; number <= 50; number++) {
      expect((await master.client.get('/healthcheck')).status).toBe(200);
    }
    expect(await textsOf(master)).toEqual(stored);

    disk.makeRoom();
    expect((await master.client.append('after', 0)).status).toBe(201);
    await eventually('its log goes on', () => statSync(logFile).size > size);
    expect((await master.stop()).code).toBe(0);
  });

  it('of a secondary makes its link wait; it catches up when there is room', async () => {
    cluster = await Cluster.prepare(SMALL);
    const { master } = cluster;
    master.start();
    await cluster.ready(master);
    const secondary = await cluster.addSecondary();
    giveSmallDisk(secondary);
    secondary.start();
    await cluster.allMembers();

    let pending: Receipt | undefined;
    for (let number = 1; pending === undefined; number++) {
      const { status, body } = await master.client.append(`${number} ${TEXT}`, 1, { timeoutMs: 500 });
      if (status === 202) pending = body;
      else expect(status).toBe(201);
    }
    await eventually('the secondary says why', () => secondary.output.includes('STORAGE_FULL'));
    for (let number = 1; number <= 30; number++) {
      expect((await master.client.append(`meanwhile ${number} ${TEXT}`, 0)).status).toBe(201);
    }
    expect((await textsOf(secondary)).length).toBeLessThan(pending.seq);
    expect((await secondary.client.get('/healthcheck')).status).toBe(200);
    const { client } = master;
    const view = await eventually('the pre-flight does not count on it, and says why', async () => {
      const { body } = await client.get<WriteConcernView>('/write-concern/1');
      return body.missing.some(({ reason }) => reason.includes('STORAGE_FULL')) ? body : undefined;
    });
    expect(view).toMatchObject({ canBeMet: false, refusedWith: null, missing: [{ nodeId: secondary.nodeId }] });

    disk.makeRoom();
    const path = `/messages/${pending.seq}/receipt?wc=1&timeout=20000`;
    expect((await master.client.get<Receipt>(path)).body.outcome).toBe('satisfied');
    await cluster.agree();
    await cluster.inState(secondary, 'HEALTHY');
  });
});

async function textsOf(node: NodeProcess): Promise<unknown[]> {
  return (await node.client.messages()).map(({ message }: MessageView) => message);
}
