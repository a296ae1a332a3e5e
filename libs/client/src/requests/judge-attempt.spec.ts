import { describe, expect, it } from 'vitest';
import { judgeAttempt } from './judge-attempt.js';
import type { Attempt, AttemptFacts, Verdict } from './judge-attempt.js';

const refused = (code: string, status: number, retriable = status >= 500): Attempt => ({
  kind: 'refused',
  error: { code, status, retriable },
});
const BROKEN: Attempt = { kind: 'silent', wasSent: true };
const UNSENT: Attempt = { kind: 'silent', wasSent: false };
const READ = { isAppend: false };
const DOUBT = { hasDoubt: true };

describe('an attempt of an append', () => {
  it.each<[string, Attempt, Partial<AttemptFacts>, Verdict]>([
    ['settles with an answer', { kind: 'answered' }, DOUBT, { then: 'pass', hasDoubt: false, aside: 'none' }],
    ['that broke is repeated, in doubt', BROKEN, {}, { then: 'again', hasDoubt: true, aside: 'node' }],
    ['that was not sent leaves no doubt', UNSENT, {}, { then: 'again', hasDoubt: false, aside: 'node' }],
    ['that was not sent takes no doubt away', UNSENT, DOUBT, { then: 'again', hasDoubt: true, aside: 'node' }],
    ['of a read leaves no doubt', BROKEN, READ, { then: 'again', hasDoubt: false, aside: 'node' }],
    ['is refused for good', refused('INVALID_BODY', 400), {}, { then: 'refuse', hasDoubt: false, aside: 'none' }],
    [
      'is unknown where a broken one is before',
      refused('FORBIDDEN', 403),
      DOUBT,
      { then: 'unknown', hasDoubt: true, aside: 'none' },
    ],
    [
      'settles all where its key is taken',
      refused('KEY_REUSED', 422),
      DOUBT,
      { then: 'refuse', hasDoubt: false, aside: 'none' },
    ],
    [
      'refused for now goes to another node',
      refused('NO_MASTER', 503),
      {},
      { then: 'again', hasDoubt: false, aside: 'node' },
    ],
    [
      'goes to no other node if the master is full',
      refused('OVERLOADED', 503),
      {},
      { then: 'again', hasDoubt: false, aside: 'all' },
    ],
    [
      'of a read goes to another node then',
      refused('OVERLOADED', 503),
      READ,
      { then: 'again', hasDoubt: false, aside: 'node' },
    ],
    [
      'of unknown outcome is repeated: it has a key',
      refused('OUTCOME_UNKNOWN', 504, false),
      {},
      { then: 'again', hasDoubt: true, aside: 'node' },
    ],
    [
      'that met an internal error is repeated, in doubt',
      refused('INTERNAL', 500),
      {},
      { then: 'again', hasDoubt: true, aside: 'node' },
    ],
    [
      'that a proxy gave up is repeated, in doubt',
      refused('FOREIGN_ANSWER', 504),
      {},
      { then: 'again', hasDoubt: true, aside: 'node' },
    ],
    [
      'that met damage is made at another node',
      refused('CORRUPT_RECORD', 500, false),
      READ,
      { then: 'again', hasDoubt: false, aside: 'node' },
    ],
    [
      'whose place is not there is the last one at this node',
      refused('HISTORY_CHANGED', 409),
      READ,
      { then: 'refuse', hasDoubt: false, aside: 'node' },
    ],
  ])('%s', (_, attempt, facts, verdict) => {
    expect(judgeAttempt(attempt, { isAppend: true, hasDoubt: false, ...facts })).toEqual(verdict);
  });
});
