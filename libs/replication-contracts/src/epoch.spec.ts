import { expect, it } from 'vitest';
import { isEpoch } from './epoch.js';

it.each([
  [1, true],
  [0xffff_ffff, true],
  [0, false],
  [-1, false],
  [1.5, false],
  [0x1_0000_0000, false],
  [Number.NaN, false],
  ['5', false],
  [null, false],
  [undefined, false],
])('%s is an epoch: %s', (value, expected) => {
  expect(isEpoch(value)).toBe(expected);
});
