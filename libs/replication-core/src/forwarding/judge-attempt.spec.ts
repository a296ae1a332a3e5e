import { describe, expect, it } from 'vitest';
import { judgeAttempt } from './judge-attempt.js';
import type { Attempt, AttemptFacts, Verdict } from './judge-attempt.js';

const FIRST: AttemptFacts = { hasDoubt: false, isRepeatable: true, isLate: false, knowsAnother: false };
const DOUBT = { hasDoubt: true };
const ONCE = { isRepeatable: false };
const LATE = { isLate: true };
const ELSEWHERE = { knowsAnother: true };
const answered = (status: number, code: string | null = null): Attempt => ({ kind: 'answered', status, code });
const UNREACHABLE: Attempt = { kind: 'unreachable' };
const BROKEN: Attempt = { kind: 'broken' };

describe('an attempt at the master', () => {
  it.each<[string, Attempt, Partial<AttemptFacts>, Verdict]>([
    ['is passed back with its receipt', answered(201), {}, 'pass'],
    ['is passed back with its refusal', answered(503, 'NO_QUORUM'), {}, 'pass'],
    ['is passed back though it came late', answered(202), LATE, 'pass'],
    ['at a node that is not master is repeated', answered(307), {}, 'again'],
    ['at a node that is not master is refused if it can be sent only once', answered(307), ONCE, 'refuse'],
    ['at a node that is not master is refused in the end', answered(307), LATE, 'refuse'],
    ['that sent nothing is refused at once', UNREACHABLE, {}, 'refuse'],
    ['that sent nothing is repeated at another master', UNREACHABLE, ELSEWHERE, 'again'],
    [
      'that sent nothing is not repeated at another master if it was sent only once',
      UNREACHABLE,
      { ...ONCE, ...ELSEWHERE },
      'refuse',
    ],
    ['that broke is repeated', BROKEN, {}, 'again'],
    ['that broke is unknown if it can be sent only once', BROKEN, ONCE, 'unknown'],
    ['that broke is unknown in the end', BROKEN, LATE, 'unknown'],
    ['after a broken one settles with a receipt', answered(200), DOUBT, 'pass'],
    ['after a broken one settles with a key of another message', answered(422, 'KEY_REUSED'), DOUBT, 'pass'],
    ['after a broken one does not settle with a refusal', answered(503, 'NO_QUORUM'), DOUBT, 'again'],
    [
      'after a broken one does not settle with a refusal in the end',
      answered(401, 'UNAUTHENTICATED'),
      { ...DOUBT, ...LATE },
      'unknown',
    ],
    [
      'after a broken one does not settle at a node that is not master',
      answered(307),
      { ...DOUBT, ...LATE },
      'unknown',
    ],
    ['after a broken one is repeated while nobody can be reached', UNREACHABLE, DOUBT, 'again'],
    [
      'after a broken one is unknown if nobody can be reached in the end',
      UNREACHABLE,
      { ...DOUBT, ...LATE },
      'unknown',
    ],
  ])('%s', (_, attempt, facts, verdict) => {
    expect(judgeAttempt(attempt, { ...FIRST, ...facts })).toBe(verdict);
  });
});
