import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SecretKey } from './credentials.js';

describe('a secret key', () => {
  it('matches itself and nothing else, whatever was compared before', () => {
    const text = fc.oneof(fc.string({ maxLength: 600 }), fc.string({ unit: 'grapheme', maxLength: 600 }));
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 5 }), (key, others) => {
        const secret = new SecretKey(key);
        for (const other of others) expect(secret.matches(other)).toBe(other === key);
        expect(secret.matches(key)).toBe(true);
        expect(secret.matches(`${key}x`)).toBe(false);
        if (key.length > 0) expect(secret.matches(key.slice(0, -1))).toBe(false);
      }),
    );
  });

  it('is not matched by a longer text that equals it up to the end of a block', () => {
    for (const length of [250, 251, 252, 253, 255, 256, 507, 508, 512]) {
      const key = 'k'.repeat(length);
      const secret = new SecretKey(key);
      for (const more of ['é', '€', '😀', 'kk€', 'k'.repeat(300)]) expect(secret.matches(key + more)).toBe(false);
      expect(secret.matches(key)).toBe(true);
    }
  });
});
