import { afterEach, describe, expect, it } from 'vitest';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';

const MESSAGES = 50_000;
const BATCH = 2_500;
const MOST_RESIDENT_BYTES = 300 * 1024 * 1024;
/** The secondary cannot register from here: nobody answers at this address. */
const NOWHERE = 'http://127.0.0.1:1';

let cluster: Cluster | undefined;
afterEach(async () => cluster?.end());

describe('a secondary that was away for 50,000 messages', () => {
  it('is caught up without registering anew, while others go on writing', async () => {
    cluster = await Cluster.start(2);
    const { master } = cluster;
    const away = cluster.secondaries[1]!;
    await away.stop();
    for (let written = 0; written < MESSAGES; written += BATCH) {
      const batch = Array.from({ length: BATCH }, (_, number) => `message ${written + number} ${'.'.repeat(40)}`);
      expect((await master.client.appendBatch(batch, 1)).status).toBe(201);
    }
    const { lastSeq } = await master.client.cluster();
    expect(lastSeq).toBe(MESSAGES);
    const registrations = (): number => master.output.split(`${away.nodeId} registered at`).length;
    const registered = registrations();
    const resident: number[] = [];

    away.start({ ADVERTISED_URL: NOWHERE });
    let isCaughtUp = false;
    const caughtUp = eventually('it has caught up', async () => {
      return (await away.client.cluster()).lastSeq >= MESSAGES;
    }).then(() => (isCaughtUp = true));
    const statuses = new Set<number>();
    do {
      statuses.add((await master.client.append('meanwhile', 1)).status);
      resident.push(master.residentBytes);
    } while (!isCaughtUp);
    await caughtUp;

    expect([...statuses]).toEqual([201]);
    expect(Math.max(...resident)).toBeLessThan(MOST_RESIDENT_BYTES);
    await cluster.inState(away, 'HEALTHY');
    const messages = await cluster.agree();
    expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, place) => place + 1));
    expect(messages.at(-1)?.message).toBe('meanwhile');
    expect(registrations()).toBe(registered);
  });
});
