import { MAX_EPOCH } from './limits.js';

/** Another node sent it, as a member of JSON. */
export function isEpoch(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_EPOCH;
}
