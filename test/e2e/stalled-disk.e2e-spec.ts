import { afterEach, describe, expect, it } from 'vitest';
import type { WriteConcernView } from '@replog/contracts/views.js';
import { ClusterInProcess } from '../support/cluster-in-process.js';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { FreezableDisk, whyNoFreezableDisk } from '../support/freezable-disk.js';
import type { NodeInProcess } from '../support/node-in-process.js';
import { promote } from '../support/operator.js';

const STALL = { DISK_STALL: '0.3' };
const WHY_NOT = whyNoFreezableDisk();

interface Asked {
  readonly client: NodeInProcess['client'];
}

const statusOf = async ({ client }: Asked, path: string): Promise<number> => (await client.get(path)).status;

async function storageOf(nodeId: string, { client }: Asked): Promise<string | null | undefined> {
  return (await client.cluster()).members.find((member) => member.nodeId === nodeId)?.storage;
}

async function refusesWrites(node: Asked): Promise<void> {
  const { status, body, headers } = await node.client.append('refused', 0);
  expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'STORAGE_STALLED', '1']);
}

describe('a disk that hangs', () => {
  let cluster: ClusterInProcess;
  afterEach(() => cluster.end());

  it('of a secondary is found; the secondary counts again when its disk goes on', async () => {
    cluster = await ClusterInProcess.start(1, STALL);
    const { master } = cluster;
    const secondary = cluster.secondaries[0] as NodeInProcess;
    secondary.disk.hang();
    expect((await master.client.append('first', 0)).status).toBe(201);

    await eventually('its master says so', async () => (await storageOf('secondary-1', master)) === 'stalled');
    const [member] = await master.client.secondaries();
    expect(member).toMatchObject({ state: 'SUSPECTED', storage: 'stalled', lag: { records: 1 } });
    expect(member?.reason).toMatch(/^answers pings, but its disk is stalled: a write or sync does not end/);
    const concern = (await master.client.get<WriteConcernView>('/write-concern/1')).body;
    expect(concern).toMatchObject({ canBeMet: false, refusedWith: null, missing: [{ nodeId: 'secondary-1' }] });
    expect(concern.missing[0]?.reason).toMatch(/its disk is stalled/);
    expect((await master.client.append('second', 1, { timeoutMs: 100 })).status).toBe(202);
    expect(await storageOf('secondary-1', secondary)).toBe('stalled');
    expect(await statusOf(secondary, '/healthcheck/ready')).toBe(503);
    expect(await statusOf(secondary, '/healthcheck')).toBe(200);
    expect((await secondary.client.get<string>('/metrics')).body).toContain('replog_storage_state{state="stalled"} 1');
    const refused = await promote(secondary);
    expect([refused.status, refused.body.code]).toEqual([503, 'STORAGE_STALLED']);
    expect((await master.client.cluster()).role).toBe('master');

    secondary.disk.release();
    await cluster.allMembers();
    expect((await master.client.get<WriteConcernView>('/write-concern/1')).body.canBeMet).toBe(true);
    expect(await statusOf(secondary, '/healthcheck/ready')).toBe(200);
    expect((await master.client.append('third', 1)).status).toBe(201);
    expect(await cluster.agree()).toHaveLength(3);
  });

  it('of a master makes it refuse writes, and an operator makes another node master without force', async () => {
    cluster = await ClusterInProcess.start(2, { ...STALL, FAILOVER: 'manual' });
    const { master } = cluster;
    const [first, second] = cluster.secondaries as [NodeInProcess, NodeInProcess];
    master.disk.hang();
    const taken = master.client.append('taken', 1);
    await eventually('it says so', async () => (await storageOf('master', master)) === 'stalled');
    await refusesWrites(master);
    expect(await statusOf(master, '/healthcheck/ready')).toBe(503);
    expect(await statusOf(master, '/healthcheck')).toBe(503);

    expect((await promote(first, { dryRun: true })).body).toMatchObject({ outcome: 'forecast', transfer: null });
    expect((await promote(first)).body).toMatchObject({ outcome: 'promoted', nodeId: 'secondary-1', forced: false });
    expect((await first.client.append('after', 'majority')).status).toBe(201);
    await eventually('the old master knows', async () => (await statusOf(master, '/healthcheck')) === 200);
    expect((await second.client.cluster()).master?.nodeId).toBe('secondary-1');

    master.disk.release();
    expect((await taken).status).toBeLessThan(300);
    await eventually('the old master follows', async () => (await master.client.cluster()).role === 'secondary');
    const messages = await cluster.agree();
    expect(messages.map(({ message }) => message)).toEqual(['taken', 'after']);
  });

  it('of a master of two leaves a majority out of reach, and force is not refused', async () => {
    cluster = await ClusterInProcess.start(1, STALL);
    const { master } = cluster;
    const secondary = cluster.secondaries[0] as NodeInProcess;
    master.disk.hang();
    const taken = master.client.append('taken', 0);
    await eventually('it says so', async () => (await storageOf('master', master)) === 'stalled');
    const refused = await promote(secondary);
    expect([refused.status, refused.body.code]).toEqual([409, 'NO_MAJORITY']);
    expect(refused.body.detail).toMatch(/the disk of master is stalled/);
    expect((await promote(secondary, { force: true })).body).toMatchObject({ outcome: 'promoted', forced: true });
    expect((await secondary.client.append('after', 'majority')).status).toBe(201);
    master.disk.release();
    expect((await taken).status).toBeLessThan(300);
  });
});

describe.skipIf(WHY_NOT !== null)(`a frozen disk${WHY_NOT === null ? '' : ` (skipped: ${WHY_NOT})`}`, () => {
  let cluster: Cluster;
  let disk: FreezableDisk;

  afterEach(async () => {
    disk.thaw();
    await Promise.all(cluster.nodes.map((node) => node.kill()));
    disk.unmount();
    await cluster.end();
  });

  it('under a real master is found, and writing goes on when it thaws', async () => {
    cluster = await Cluster.prepare({ DISK_STALL: '0.5', SEGMENT_BYTES: '1MiB', MAX_MESSAGE_BYTES: '256KiB' });
    const { master } = cluster;
    disk = FreezableDisk.mount(master.dataDir, 32);
    master.start();
    await cluster.ready(master);
    expect((await master.client.append('before', 0)).status).toBe(201);

    disk.freeze();
    const taken = master.client.append('taken', 0);
    await eventually('it says so', async () => (await storageOf('master', master)) === 'stalled');
    await refusesWrites(master);
    expect(await statusOf(master, '/healthcheck/ready')).toBe(503);
    expect((await master.client.messages()).length).toBeGreaterThan(0);

    disk.thaw();
    expect((await taken).status).toBe(201);
    await cluster.ready(master);
    expect((await master.client.append('after', 0)).status).toBe(201);
  });
});
