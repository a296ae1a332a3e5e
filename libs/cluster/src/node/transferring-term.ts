import { ReplogError } from '@replog/contracts/errors.js';

/** The answer to a write that a master held during a transfer, when the successor did not become known in time. */
export function transferringTerm(successor: string): ReplogError {
  const sentence = `This master is transferring its term to ${successor}. No message is stored; repeat the request shortly.`;
  return new ReplogError('NO_MASTER', sentence, { retryAfterS: 1 });
}
