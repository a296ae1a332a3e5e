/** The short form of `npm run hostile`. */
import { describe, expect, it } from 'vitest';
import { runHostile } from './run-hostile.js';

const WITHIN_MS = 120_000;

describe.skipIf(process.platform !== 'linux')('hostile inputs, a hundred with the first of each kind,', () => {
  it(
    'end no node, change no answer of an honest client, and leave nothing behind',
    async () => {
      const { faults, honest, answers, acknowledged, held } = await runHostile({ seed: 7, inputs: 68 });
      expect(faults).toEqual([]);
      expect(honest.answered).toBeGreaterThan(0);
      expect(Object.keys(answers)).toEqual(expect.arrayContaining(['201', '400', '401', '404']));
      expect(acknowledged).toBeGreaterThan(0);
      expect(held).toHaveLength(2);
    },
    WITHIN_MS,
  );
});
