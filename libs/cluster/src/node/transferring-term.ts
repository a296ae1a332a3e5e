import { ReplogError } from '@replog/contracts/errors.js';

/** What a write is told that a master could not hold until its successor is known. */
export function transferringTerm(successor: string): ReplogError {
  const sentence = `This master is transferring its term to ${successor}. Repeat the request: it is not stored.`;
  return new ReplogError('NO_MASTER', sentence, { retryAfterS: 1 });
}
