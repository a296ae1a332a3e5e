import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API_KEY, Cluster } from '../support/cluster.js';
import { EventTail, seqOfId } from '../support/event-tail.js';
import { eventually } from '../support/eventually.js';
import { load, messageOf, readSlowly } from '../support/flat-memory.js';

/** The form that every run can afford. `npm run test:heavy` does it with a million. */
const COUNT = 100_000;
const WRITTEN_MEANWHILE = 3_000;
const RECONNECTS = 6;

describe('a long log', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.start(0, { SEGMENT_BYTES: '64MiB' });
    await load(cluster.master, COUNT);
  });
  afterAll(() => cluster.end());

  it('is streamed to a client that reads slowly, all and in order, at flat memory', async () => {
    const { growthMiB } = await readSlowly(cluster, COUNT);
    expect(growthMiB).toBeLessThan(64);
  });

  it('is followed by a live tail that resumes after Last-Event-ID, nothing missing or twice, while writes go on', async () => {
    const { master } = cluster;
    const from = COUNT - 2_000;
    let isWriting = true;
    const writing = writeMeanwhile().finally(() => (isWriting = false));
    const ids: number[] = [];
    let lastEventId = String(from);
    for (let connection = 0; connection <= RECONNECTS; connection++) {
      const tail = await EventTail.open(master.url, API_KEY, { lastEventId });
      const isLast = connection === RECONNECTS;
      await eventually(`connection ${connection} has told enough`, () =>
        isLast ? !isWriting && seqOfId(tail.lastEventId) === COUNT + WRITTEN_MEANWHILE : tail.events.length > 300,
      );
      tail.cut();
      for (const { id, event, data } of tail.events) {
        expect(event).toBe('message');
        expect((JSON.parse(data) as { message: string }).message).toBe(messageOf(seqOfId(id)));
        ids.push(seqOfId(id));
      }
      lastEventId = tail.lastEventId as string;
    }
    await writing;
    expect(ids).toEqual(Array.from({ length: 2_000 + WRITTEN_MEANWHILE }, (_, place) => from + 1 + place));
  });

  async function writeMeanwhile(): Promise<void> {
    for (let number = COUNT + 1; number <= COUNT + WRITTEN_MEANWHILE; number += 50) {
      const messages = Array.from({ length: 50 }, (_, place) => messageOf(number + place));
      expect((await cluster.master.client.appendBatch(messages, 0)).status).toBe(201);
    }
  }
});
