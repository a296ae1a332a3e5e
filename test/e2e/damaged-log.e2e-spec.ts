import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MEDIA } from '@replog/contracts/http.js';
import type { Problem } from '@replog/contracts/errors.js';
import { API_KEY, Cluster } from '../support/cluster.js';
import { INSIDE_MESSAGE, SMALL_SEGMENTS, damage, fill, incarnationOf, named } from '../support/damage.js';
import { EventTail, seqOfId } from '../support/event-tail.js';
import { eventually } from '../support/eventually.js';
import type { NodeProcess } from '../support/node-process.js';
import { promote } from '../support/operator.js';
import { cutAt, fingerprint, fingerprints, flipBit, quarantined, segmentFiles } from '../support/segment-files.js';
import type { PlacedRecord, SegmentFile } from '../support/segment-files.js';

/** Damage is to be met by who reads it: the scrub would often be first. */
const UNSCRUBBED = { ...SMALL_SEGMENTS, SCRUB_BYTES_PER_SECOND: '0' };

describe('a damaged log of a cluster', () => {
  let cluster: Cluster;
  let secondary: NodeProcess;

  beforeAll(async () => {
    cluster = await Cluster.start(2, UNSCRUBBED);
    [secondary] = cluster.secondaries as [NodeProcess];
    await fill(cluster, 1, 500);
  });
  afterAll(() => cluster.end());

  async function isMendedAfter(segment: SegmentFile, record: PlacedRecord, before: string): Promise<void> {
    await named(secondary, segment, record);
    await eventually('the secondary is another incarnation', async () => (await incarnationOf(secondary)) !== before);
    await cluster.ready(secondary);
    await cluster.inState(secondary, 'HEALTHY');
    await cluster.agree();
  }

  it('of a secondary is named when it is met in a sealed segment, never served, and repaired from the master', async () => {
    const before = await incarnationOf(secondary);
    await secondary.stop();
    const segment = segmentFiles(secondary.dataDir)[1] as SegmentFile;
    const record = damage(segment);
    const damaged = fingerprint(segment.path);
    secondary.start();
    await cluster.ready(secondary);

    const { status, body } = await secondary.client.get<Problem>(`/messages/${record.seq}`);
    expect([status, body.code, body['segment'], body['index']]).toEqual([
      500,
      'CORRUPT_RECORD',
      segment.name,
      record.index,
    ]);
    await isMendedAfter(segment, record, before);
    expect(quarantined(secondary.dataDir).map(fingerprint)).toContain(damaged);
  });

  it('of a secondary is named at the start when it is in the last segment, and repaired from the master while writes go on', async () => {
    const before = await incarnationOf(secondary);
    await secondary.stop();
    const segment = segmentFiles(secondary.dataDir).at(-1) as SegmentFile;
    const record = damage(segment);
    const damaged = fingerprint(segment.path);
    const isWritten = fill(cluster, 501, 100);
    secondary.start();
    await isMendedAfter(segment, record, before);
    await isWritten;
    expect((await cluster.agree()).length).toBe(600);
    expect(quarantined(secondary.dataDir).map(fingerprint)).toContain(damaged);
  });

  it('cut within its last records comes back whole, on a secondary and on the master', async () => {
    const cuts = new Map([
      [secondary, [1, 1500]],
      [cluster.master, [47, 3000]],
    ]);
    for (const [node, places] of cuts) {
      for (const bytes of places) {
        await node.stop();
        const last = segmentFiles(node.dataDir).at(-1) as SegmentFile;
        const { offset, length } = last.records.at(-1) as PlacedRecord;
        cutAt(last, Math.max(0, offset + length - bytes));
        node.start();
        await cluster.ready(node);
      }
      await cluster.allMembers();
      expect((await cluster.agree()).length).toBe(600);
    }
    expect((await cluster.master.client.append('after the cuts', 'all')).status).toBe(201);
  });

  it('of the master is named when a secondary comes back and asks for it, though no client has read it', async () => {
    const { master } = cluster;
    await secondary.stop();
    const last = segmentFiles(secondary.dataDir).at(-1)?.records.at(-1) as PlacedRecord;
    await fill(cluster, 601, 200, 'majority');
    await master.stop();
    const holdsLast = ({ records }: SegmentFile): boolean => records.some(({ index }) => index === last.index);
    const segment = segmentFiles(master.dataDir).find(holdsLast) as SegmentFile;
    const record = segment.records.find(({ index }) => index === last.index) as PlacedRecord;
    flipBit(segment, record.offset + record.length - 2);
    master.start();
    await eventually('it is master again', async () => (await master.client.cluster()).role === 'master');
    secondary.start();
    await named(master, segment, record);
    await eventually('it has stepped down', async () => (await master.client.cluster()).role === 'secondary');
  });
});

describe('a damaged log of a master alone', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.start(0, UNSCRUBBED);
    await fill(cluster, 1, 300);
  });
  afterAll(() => cluster.end());

  async function isNoMaster(segment: SegmentFile, record: PlacedRecord, files: object): Promise<void> {
    const { master } = cluster;
    await named(master, segment, record);
    const ready = await eventually('it is not ready, and says why', async () => {
      const answer = await master.client.get<Problem>('/healthcheck/ready');
      return answer.body.detail?.includes(`record ${record.index} `) === true ? answer : undefined;
    });
    expect(ready.status).toBe(503);
    expect(ready.body.detail).toContain(segment.name);
    const refused = await master.client.append('to a damaged log', 0);
    const preFlight = await master.client.get<Problem>('/write-concern/0');
    for (const { status, body } of [refused, preFlight]) {
      expect([status, body.code]).toEqual([503, 'NO_MASTER']);
      expect(body.detail).toContain(`segment ${segment.name} is damaged: record ${record.index} `);
    }
    const promoted = await promote(master);
    expect([promoted.status, promoted.body.code]).toEqual([409, 'LOG_DAMAGED']);
    expect(promoted.body.detail).toMatch(new RegExp(`record ${record.index} .*Promote another member`));
    const below = await master.client.messages(`?limit=${record.seq - 1}`);
    expect(below.map(({ seq }) => seq)).toEqual(Array.from({ length: record.seq - 1 }, (_, place) => place + 1));
    await endsVisibly(record.seq);
    await master.stop();
    expect(fingerprints(master.dataDir)).toEqual(files);
  }

  /** What is before the damage never passes for all there is, in any format, nor where nothing precedes it. */
  async function endsVisibly(damagedSeq: number): Promise<void> {
    const { client } = cluster.master;
    await expect(client.messages()).rejects.toThrow();
    const headers = { accept: MEDIA.ndjson };
    await expect(client.get('/messages', headers)).rejects.toThrow();
    const tail = await EventTail.open(client.url, API_KEY);
    expect(await tail.ended).toBe(false);
    expect(seqOfId(tail.lastEventId)).toBe(damagedSeq - 1);
    for (const path of [`/messages?after=${damagedSeq - 1}`, `/messages/${damagedSeq}`]) {
      const { status, body } = await client.get<Problem>(path);
      expect([status, body.code]).toEqual([500, 'CORRUPT_RECORD']);
    }
  }

  it('is named when it is met in a sealed segment: it steps down, and leaves the file as it is', async () => {
    const { master } = cluster;
    await master.stop();
    const segment = segmentFiles(master.dataDir)[0] as SegmentFile;
    const record = damage(segment);
    master.start();
    await cluster.ready(master);
    const { status, body } = await master.client.get<Problem>(`/messages/${record.seq}`);
    expect([status, body.code, body['index']]).toEqual([500, 'CORRUPT_RECORD', record.index]);
    const files = fingerprints(master.dataDir);
    await isNoMaster(segment, record, files);
    // Sealed segments are not read at a start, and nobody asks for the record this time.
    master.start();
    const said = master.output.length;
    await eventually('it still knows', () => master.output.slice(said).includes(`record ${record.index} at byte`));
    await isNoMaster(segment, record, files);
    flipBit(segment, record.offset + INSIDE_MESSAGE);
  });

  it('is named at the start when it is in the last segment: it does not campaign, and leaves every file as it is', async () => {
    const { master } = cluster;
    const segment = segmentFiles(master.dataDir).at(-1) as SegmentFile;
    const record = damage(segment, 30);
    const files = fingerprints(master.dataDir);
    master.start();
    await isNoMaster(segment, record, files);
    flipBit(segment, record.offset + INSIDE_MESSAGE);
    master.start();
    await cluster.ready(master);
    expect((await master.client.messages()).length).toBe(300);
  });

  it('does not make it found a cluster anew, even when it is in the very first record', async () => {
    const { master } = cluster;
    await master.stop();
    const segment = segmentFiles(master.dataDir)[0] as SegmentFile;
    const [record] = segment.records as [PlacedRecord];
    flipBit(segment, record.offset + INSIDE_MESSAGE);
    const files = fingerprints(master.dataDir);
    // The files beside a sealed segment say where its records are, and are made from it where they are missing.
    for (const kind of ['index', 'keys']) rmSync(segment.path.replace(/log$/, kind));
    master.start();
    await named(master, segment, record);
    expect((await master.client.get('/healthcheck')).status).toBe(200);
    expect((await master.client.get('/healthcheck/ready')).status).toBe(503);
    expect((await master.stop()).code).toBe(0);
    expect(fingerprints(master.dataDir)).toEqual(files);
  });
});
