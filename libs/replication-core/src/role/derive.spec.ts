import { describe, expect, it } from 'vitest';
import {
  acceptsLink,
  holdsTerm,
  isCandidate,
  isUnfounding,
  mayRegister,
  mayVote,
  notReady,
  refusesReads,
  roleOf,
  writesAre,
} from './derive.js';
import { INITIAL_ROLE } from './role-state.js';
import type { RoleState, RoleValue } from './role-state.js';

const DAMAGE = { segment: '1.log', index: 6, offset: 939, fault: 'crc' };

const STATES: Readonly<Record<RoleState['kind'], RoleState>> = {
  starting: { kind: 'starting' },
  founding: { kind: 'founding' },
  unfounding: { kind: 'unfounding' },
  secondary: { kind: 'secondary' },
  removed: { kind: 'removed' },
  repairing: { kind: 'repairing' },
  polling: { kind: 'polling', by: 'itself', attempt: 1, lastFailure: '1 of 3 members are in sight' },
  awaitingTransfer: { kind: 'awaitingTransfer', from: 'n2' },
  campaigning: { kind: 'campaigning', by: 'itself', epoch: 2, attempt: 0 },
  master: { kind: 'master', epoch: 2 },
  transferring: { kind: 'transferring', epoch: 2, id: 1, to: 'n3' },
  steppingDown: { kind: 'steppingDown', epoch: 2, reason: { kind: 'damaged' } },
  stopping: { kind: 'stopping', role: 'master' },
  stopped: { kind: 'stopped' },
};

const valueOf = (state: RoleState, facts: Partial<RoleValue> = {}): RoleValue => ({ ...INITIAL_ROLE, ...facts, state });

function statesWhere(holds: (value: RoleValue) => boolean, facts: Partial<RoleValue> = {}): string[] {
  return Object.values(STATES)
    .filter((state) => holds(valueOf(state, facts)))
    .map(({ kind }) => kind);
}

describe('what follows from the role of a node', () => {
  it('is seen as master until its term has ended, and holds it until it steps down', () => {
    expect(statesWhere((value) => roleOf(value) === 'master')).toEqual([
      'master',
      'transferring',
      'steppingDown',
      'stopping',
    ]);
    expect(roleOf(valueOf({ kind: 'stopping', role: 'secondary' }))).toBe('secondary');
    expect(statesWhere(holdsTerm)).toEqual(['master', 'transferring']);
  });

  it('votes for nobody while it holds a term or its log is damaged', () => {
    expect(statesWhere((value) => !mayVote(value))).toEqual(['master', 'transferring']);
    expect(statesWhere(mayVote, { damage: DAMAGE })).toEqual([]);
  });

  it('registers as a secondary only, and takes records as a candidate, too, with a sound log', () => {
    expect(statesWhere(isCandidate)).toEqual(['polling', 'awaitingTransfer', 'campaigning']);
    expect(statesWhere(mayRegister)).toEqual(['secondary']);
    expect(statesWhere(acceptsLink)).toEqual(['secondary', 'polling', 'awaitingTransfer', 'campaigning']);
    expect(statesWhere(acceptsLink, { damage: DAMAGE })).toEqual([]);
  });

  it('gives up its cluster from the claim on', () => {
    expect(statesWhere(isUnfounding)).toEqual(['unfounding']);
    const claimed: RoleState = {
      kind: 'steppingDown',
      epoch: 1,
      reason: { kind: 'claimed', by: 'n2', clusterId: 'c' },
    };
    expect(isUnfounding(valueOf(claimed))).toBe(true);
  });

  it('reads nothing to clients after it was removed, and says why it is not ready', () => {
    expect(statesWhere((value) => refusesReads(value) !== null)).toEqual(['removed']);
    expect(notReady(valueOf(STATES.removed))).toContain('was removed from the cluster');
  });

  it('takes writes as master, holds them while the master changes, and refuses them otherwise', () => {
    expect(statesWhere((value) => writesAre(value) === 'taken')).toEqual(['master']);
    expect(writesAre(valueOf(STATES.secondary, { isMasterChanging: true }))).toBe('held');
    expect(writesAre(valueOf(STATES.transferring))).toBe('refused');
  });

  it('says why it is not ready', () => {
    const sentence = (kind: RoleState['kind'], facts: Partial<RoleValue> = {}): string | null =>
      notReady(valueOf(STATES[kind], facts));
    expect(statesWhere((value) => notReady(value) === null)).toEqual([
      'secondary',
      'repairing',
      'polling',
      'awaitingTransfer',
      'campaigning',
      'master',
      'transferring',
      'steppingDown',
    ]);
    expect(sentence('starting')).toBe('This node is starting.');
    expect(sentence('unfounding')).toContain('gives up the cluster');
    expect(sentence('stopped')).toBe('This node is shutting down.');
    expect(sentence('repairing', { damage: DAMAGE })).toContain('record 6 at byte 939 (crc)');
    expect(sentence('polling', { wantsTerm: true })).toBe('1 of 3 members are in sight');
    expect(sentence('campaigning', { wantsTerm: true })).toContain('prefers to be master');
    const first: RoleState = { kind: 'polling', by: 'itself', attempt: 0, lastFailure: null };
    expect(notReady(valueOf(first, { wantsTerm: true }))).toContain('prefers to be master');
    const byOperator: RoleState = { ...first, by: 'operator', lastFailure: 'contested' };
    expect(notReady(valueOf(byOperator, { wantsTerm: true }))).toContain('prefers to be master');
    expect(sentence('steppingDown', { wantsTerm: true })).toBeNull();
  });
});
