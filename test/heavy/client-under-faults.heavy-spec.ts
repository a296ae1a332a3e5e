/** A minute of killed, frozen and parted nodes under programs that use the client. */
import { afterEach, describe, expect, it } from 'vitest';
import { ClientUnderFaults } from '../support/client-under-faults.js';
import { wrongWith } from '../support/judge-client.js';

let under: ClientUnderFaults | undefined;
afterEach(async () => under?.end());

describe('a minute of faults', () => {
  it('loses and doubles nothing of what programs append, and every tail is complete and in order', async () => {
    under = await ClientUnderFaults.start();
    const seen = await under.run(60_000);
    process.stdout.write(`${JSON.stringify({ faults: seen.faults, messages: seen.log.length })}\n`);
    expect(wrongWith(seen)).toEqual([]);
    expect(seen.faults).toBeGreaterThan(7);
  });
});
