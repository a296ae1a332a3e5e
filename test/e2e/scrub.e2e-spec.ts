/** Damage in the files of running nodes, in records that nobody asks for: the scrub finds it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from '../support/cluster.js';
import { SMALL_SEGMENTS, damage, fill, incarnationOf, named } from '../support/damage.js';
import { eventually } from '../support/eventually.js';
import type { NodeProcess } from '../support/node-process.js';
import { promote } from '../support/operator.js';
import { fingerprint, fingerprints, quarantined, segmentFiles } from '../support/segment-files.js';
import type { SegmentFile } from '../support/segment-files.js';

/** So fast that a pass over a small log takes a moment. */
const QUICK_SCRUB = { SCRUB_BYTES_PER_SECOND: '1GiB' };

async function metric(node: NodeProcess, series: string): Promise<number> {
  const text = (await node.client.get<string>('/metrics')).body;
  return Number(new RegExp(`^${series} (\\d+)$`, 'm').exec(text)?.[1]);
}

describe('a bit that flips in a file of a running node', () => {
  let cluster: Cluster;
  let secondary: NodeProcess;

  beforeAll(async () => {
    cluster = await Cluster.start(2, { ...SMALL_SEGMENTS, ...QUICK_SCRUB });
    [secondary] = cluster.secondaries as [NodeProcess];
    await fill(cluster, 1, 300);
  });
  afterAll(() => cluster.end());

  const places: [string, number][] = [
    ['a sealed segment', 0],
    ['the segment that is written to', -1],
  ];
  it.each(places)('in %s of a secondary is found, named and repaired', async (_, place) => {
    const [incarnation, found] = [
      await incarnationOf(secondary),
      await metric(secondary, 'replog_scrub_damaged_total'),
    ];
    const segment = segmentFiles(secondary.dataDir).at(place) as SegmentFile;
    const record = damage(segment);
    const damaged = fingerprint(segment.path);

    await named(secondary, segment, record);
    await eventually('it is another incarnation', async () => (await incarnationOf(secondary)) !== incarnation);
    const isAside = (): boolean => quarantined(secondary.dataDir).map(fingerprint).includes(damaged);
    await eventually('the damaged segment is in quarantine', () => Promise.resolve(isAside()));
    await cluster.inState(secondary, 'HEALTHY');
    expect(await metric(secondary, 'replog_scrub_damaged_total')).toBe(found + 1);
    expect(await cluster.agree()).toHaveLength(300);
    const passes = await metric(secondary, 'replog_scrub_passes_total');
    await eventually('it goes on', async () => (await metric(secondary, 'replog_scrub_passes_total')) > passes + 1);
  });

  it('of a master is found and named; it steps down, and is repaired once there is another master', async () => {
    const { master } = cluster;
    const incarnation = await incarnationOf(master);
    const segment = segmentFiles(master.dataDir)[0] as SegmentFile;
    const record = damage(segment);
    const files = fingerprints(master.dataDir);

    await named(master, segment, record);
    await eventually('it has stepped down', async () => (await master.client.cluster()).role === 'secondary');
    await eventually('the scrub has met it', async () => (await metric(master, 'replog_scrub_damaged_total')) === 1);
    expect((await master.client.get('/healthcheck/ready')).status).toBe(503);
    expect(fingerprints(master.dataDir)).toEqual(files);

    expect((await promote(secondary)).body).toMatchObject({ outcome: 'promoted', orphaned: [] });
    expect((await secondary.client.append('in the next epoch', 'majority')).status).toBe(201);
    await eventually(
      'the old master is another incarnation',
      async () => (await incarnationOf(master)) !== incarnation,
    );
    await eventually('it is a healthy member', async () =>
      (await secondary.client.secondaries()).some((one) => one.nodeId === 'master' && one.state === 'HEALTHY'),
    );
    await cluster.ready(master);
    expect(await cluster.agree()).toHaveLength(301);
    expect(quarantined(master.dataDir).map(fingerprint)).toContain(files[segment.name]);
  });
});
