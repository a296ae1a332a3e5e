import { describe, expect, it } from 'vitest';
import { judgeAttempt } from './judge-attempt.js';
import type { Attempt, AttemptFacts, Verdict } from './judge-attempt.js';

const FIRST: AttemptFacts = { hasDoubt: false, isRepeatable: true, isLate: false, knowsAnother: false, isHeld: false };
const DOUBT = { hasDoubt: true };
const ONCE = { isRepeatable: false };
const LATE = { isLate: true };
const ELSEWHERE = { knowsAnother: true };
const HELD = { isHeld: true };
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
    ['that sent nothing is repeated while the members elect a master', UNREACHABLE, HELD, 'again'],
    [
      'that sent nothing waits for the next master though it can be sent only once',
      UNREACHABLE,
      { ...ONCE, ...HELD },
      'again',
    ],
    ['that sent nothing is refused if no master is elected in time', UNREACHABLE, { ...HELD, ...LATE }, 'refuse'],
    ['at a node that knows no master is passed back', answered(503, 'NO_MASTER'), {}, 'pass'],
    [
      'at a node that knows no master is repeated while the members elect one',
      answered(503, 'NO_MASTER'),
      HELD,
      'again',
    ],
    [
      'at a node that stops is repeated while the members elect another master',
      answered(503, 'SHUTTING_DOWN'),
      HELD,
      'again',
    ],
    ['at a node that starts is repeated while the members elect a master', answered(503, 'NOT_READY'), HELD, 'again'],
    [
      'at a node that knows no master is refused if it can be sent only once',
      answered(503, 'NO_MASTER'),
      { ...ONCE, ...HELD },
      'refuse',
    ],
    ['with another refusal is passed back while the members elect a master', answered(503, 'NO_QUORUM'), HELD, 'pass'],
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
