/** The short form of test/heavy/client-under-faults.heavy-spec.ts: each fault about once. */
import { afterEach, describe, expect, it } from 'vitest';
import { ClientUnderFaults } from '../support/client-under-faults.js';
import { wrongWith } from '../support/judge-client.js';

let under: ClientUnderFaults | undefined;
afterEach(async () => under?.end());

describe('programs that use the client', () => {
  it('lose and double nothing while nodes are killed, frozen and parted, and their tails are complete', async () => {
    under = await ClientUnderFaults.start();
    const seen = await under.run(3_500);
    expect(wrongWith(seen)).toEqual([]);
    expect(seen.acknowledged.length).toBeGreaterThan(100);
    expect(seen.faults).toBeGreaterThan(0);
  }, 240_000);
});
