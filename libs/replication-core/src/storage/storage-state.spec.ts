import { describe, expect, it } from 'vitest';
import { storageFault, storageOf } from './storage-state.js';

const SOUND = { isDamaged: false, isStalled: false, isFull: false };

describe('the state of the storage', () => {
  it('is that of the worst fault', () => {
    expect(storageOf(SOUND)).toBe('ok');
    expect(storageOf({ ...SOUND, isFull: true })).toBe('full');
    expect(storageOf({ ...SOUND, isFull: true, isStalled: true })).toBe('stalled');
    expect(storageOf({ isFull: true, isStalled: true, isDamaged: true })).toBe('damaged');
  });

  it('says in words why nothing becomes durable', () => {
    expect(storageFault('ok')).toBeNull();
    expect(storageFault('full')).toBe('its disk is full');
    expect(storageFault('stalled')).toMatch(/stalled/);
    expect(storageFault('damaged')).toMatch(/damaged/);
  });
});
