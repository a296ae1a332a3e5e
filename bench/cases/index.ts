/** All cases, in the order in which they are run. */
import { BATCHES } from './batches.js';
import type { Case } from './case.js';
import { CATCH_UP } from './catch-up.js';
import { DISTURBED } from './disturbed.js';
import { GROWTH } from './growth.js';
import { ADDED, IDLE } from './many-secondaries.js';
import { ONE_BY_ONE } from './one-by-one.js';
import { OPENING } from './opening.js';
import { READ, TAILED } from './reading.js';

export const CASES: readonly Case[] = [
  ...ONE_BY_ONE,
  ...BATCHES,
  CATCH_UP,
  READ,
  TAILED,
  OPENING,
  GROWTH,
  DISTURBED,
  ADDED,
  IDLE,
];

export const CASE_IDS: readonly string[] = CASES.map(({ id }) => id);
