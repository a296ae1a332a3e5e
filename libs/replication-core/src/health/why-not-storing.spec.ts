import { describe, expect, it } from 'vitest';
import { whyNotStoring } from './why-not-storing.js';

const STORES = { storage: 'ok', awaitedMs: 9_999, limitMs: 10_000 } as const;

describe('whyNotStoring', () => {
  it('believes a secondary that says so itself', () => {
    expect(whyNotStoring(STORES)).toBeNull();
    expect(whyNotStoring({ ...STORES, storage: 'stalled' })).toMatch(/its disk is stalled/);
    expect(whyNotStoring({ ...STORES, storage: 'full' })).toBe('its disk is full');
  });

  it('sees it from missing acknowledgements, also where the secondary says nothing', () => {
    expect(whyNotStoring({ ...STORES, storage: null })).toBeNull();
    expect(whyNotStoring({ ...STORES, awaitedMs: 12_345 })).toBe('it has acknowledged nothing for 12 s');
    expect(whyNotStoring({ ...STORES, storage: null, awaitedMs: 10_000 })).toMatch(/acknowledged nothing/);
  });
});
