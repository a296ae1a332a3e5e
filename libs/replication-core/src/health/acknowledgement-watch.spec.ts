import { describe, expect, it } from 'vitest';
import { AcknowledgementWatch } from './acknowledgement-watch.js';

describe('the watch of acknowledgements', () => {
  it('counts how long the same record has been awaited', () => {
    const watch = new AcknowledgementWatch();
    expect(watch.look(1_000, 7)).toBe(0);
    expect(watch.look(3_000, 7)).toBe(2_000);
    expect(watch.look(9_000, 7)).toBe(8_000);
  });

  it('begins anew with every acknowledgement, and counts nothing while none is due', () => {
    const watch = new AcknowledgementWatch();
    watch.look(1_000, 7);
    expect(watch.look(3_000, 8)).toBe(0);
    expect(watch.look(5_000, null)).toBe(0);
    expect(watch.look(60_000, null)).toBe(0);
    expect(watch.look(61_000, 8)).toBe(0);
  });
});
