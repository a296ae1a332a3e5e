import { ReplogError } from '@replog/contracts/errors.js';
import { describe, expect, it } from 'vitest';
import type { RoleEvent } from './role-event.js';
import { INITIAL_ROLE } from './role-state.js';
import type { Damage, RoleState, RoleValue } from './role-state.js';
import { step } from './step.js';

const DAMAGE: Damage = { segment: '1.log', index: 6, offset: 939, fault: 'crc' };
const MASTER = { nodeId: 'n2', url: 'http://n2', epoch: 7 };
const ASKED = { id: 1, force: false };

/** One value for each state, of a node that prefers to be master and is in epoch 5. */
const STATES: Readonly<Record<RoleState['kind'], RoleValue>> = {
  starting: INITIAL_ROLE,
  founding: inState({ kind: 'founding' }, { wantsTerm: true }),
  unfounding: inState({ kind: 'unfounding' }),
  secondary: inState({ kind: 'secondary' }),
  removed: inState({ kind: 'removed' }),
  repairing: inState({ kind: 'repairing' }, { damage: DAMAGE }),
  polling: inState({ kind: 'polling', by: 'operator', attempt: 0, lastFailure: null }, { promotion: ASKED }),
  awaitingTransfer: inState({ kind: 'awaitingTransfer', from: 'n2' }, { promotion: ASKED }),
  campaigning: inState({ kind: 'campaigning', by: 'operator', epoch: 5, attempt: 0 }, { promotion: ASKED }),
  master: inState({ kind: 'master', epoch: 5 }),
  transferring: inState({ kind: 'transferring', epoch: 5, id: 1, to: 'n3' }, { isMasterChanging: true }),
  steppingDown: inState({ kind: 'steppingDown', epoch: 5, reason: { kind: 'transferred', id: 1, to: 'n3' } }),
  stopping: inState({ kind: 'stopping', role: 'master' }),
  stopped: inState({ kind: 'stopped' }),
};

/** One event of each kind, with as many fields as possible. */
const EVENTS: Readonly<Record<RoleEvent['kind'], RoleEvent>> = {
  started: { kind: 'started', prefers: 'master', mayFound: true, damage: null },
  founded: { kind: 'founded', epoch: 1, epochStartIndex: 1, heldEpoch: 1 },
  clusterMet: { kind: 'clusterMet' },
  masterHeard: { kind: 'masterHeard', master: MASTER, heldEpoch: 5 },
  higherEpochHeard: { kind: 'higherEpochHeard', epoch: 7, from: 'n2' },
  higherEpochClaimed: { kind: 'higherEpochClaimed', epoch: 7, from: 'x1', isMaster: false },
  masterLost: { kind: 'masterLost', nodeId: 'n2', silentMs: 900 },
  masterUnfit: { kind: 'masterUnfit', why: 'unheard', silentMs: 900 },
  voteGranted: { kind: 'voteGranted', epoch: 7, to: 'n2' },
  promotionRequested: { kind: 'promotionRequested', id: 2, force: false },
  pollDecided: { kind: 'pollDecided', result: { kind: 'campaign', epoch: 6 } },
  transferGranted: { kind: 'transferGranted', epoch: 6 },
  promotionFailed: { kind: 'promotionFailed', refusal: new ReplogError('NO_MAJORITY', 'Only 1 of 3 members answers.') },
  campaignWon: { kind: 'campaignWon', epoch: 5, epochStartIndex: 9, heldEpoch: 5 },
  campaignLost: { kind: 'campaignLost', reason: 'two of three refused' },
  transferRequested: { kind: 'transferRequested', id: 2, to: 'n3' },
  successorCaughtUp: { kind: 'successorCaughtUp' },
  transferFailed: { kind: 'transferFailed', why: 'n3 is too slow' },
  termEnded: { kind: 'termEnded' },
  unfoundingEnded: { kind: 'unfoundingEnded', isUnfounded: true },
  damageFound: { kind: 'damageFound', damage: DAMAGE },
  repaired: { kind: 'repaired' },
  repairFailed: { kind: 'repairFailed' },
  changeLimitReached: { kind: 'changeLimitReached' },
  removalHeard: { kind: 'removalHeard' },
  claimed: { kind: 'claimed', by: 'n2', clusterId: 'another' },
  stopRequested: { kind: 'stopRequested' },
  everythingEnded: { kind: 'everythingEnded' },
};

/**
 * What every state does at every event: the next state; `=` if the state stays and something is done or noted; `.` if
 * the event has no effect; `x` if it cannot happen.
 */
const TABLE = `
                   starting founding unfounding secondary removed  repairing polling     awaitingTransfer campaigning master       transferring steppingDown stopping stopped
started            founding x        x          x         x        x         x           x                x           x            x            x            x        x
founded            x        master   x          x         x        x         x           x                x           x            x            x            .        x
clusterMet         x        secondary x         x         x        x         x           x                x           x            x            x            .        x
masterHeard        .        .        .          .         .        .         .           .                .           =            =            .            .        .
higherEpochHeard   .        .        .          .         .        .         .           .                .           steppingDown steppingDown .            .        .
higherEpochClaimed .        .        .          .         .        .         .           .                .           =            =            .            .        .
masterLost         .        .        .          polling   .        .         .           .                .           .            .            .            .        .
masterUnfit        .        .        .          .         .        .         .           .                .           steppingDown steppingDown .            .        .
voteGranted        .        .        =          =         =        =         =           =                =           .            .            =            .        .
promotionRequested =        =        =          polling   =        =         =           =                =           =            =            =            =        =
pollDecided        x        x        x          x         x        x         campaigning x                x           x            x            x            x        x
transferGranted    x        x        x          x         x        x         x           campaigning      x           x            x            x            x        x
promotionFailed    x        x        x          x         x        x         secondary   secondary        x           x            x            x            x        x
campaignWon        x        x        x          x         x        x         x           x                master      x            x            x            .        x
campaignLost       x        x        x          x         x        x         x           x                polling     x            x            x            .        x
transferRequested  =        =        =          =         =        =         =           =                =           transferring =            =            =        =
successorCaughtUp  x        x        x          x         x        x         x           x                x           x            steppingDown x            x        x
transferFailed     x        x        x          x         x        x         x           x                x           x            master       x            x        x
termEnded          x        x        x          x         x        x         x           x                x           x            x            secondary    .        x
unfoundingEnded    x        x        secondary  x         x        x         x           x                x           x            x            x            .        x
damageFound        =        =        =          repairing =        .         secondary   secondary        =           steppingDown steppingDown =            =        .
repaired           x        x        x          x         x        secondary x           x                x           x            x            x            .        x
repairFailed       x        x        x          x         x        secondary x           x                x           x            x            x            .        x
changeLimitReached .        .        .          .         .        .         .           .                .           .            =            .            .        .
removalHeard       .        .        .          removed   .        .         .           .                .           .            .            .            .        .
claimed            .        .        .          .         .        .         .           .                .           steppingDown .            .            .        .
stopRequested      stopping stopping stopping   stopping  stopping stopping  stopping    stopping         stopping    stopping     stopping     stopping     .        .
everythingEnded    x        x        x          x         x        x         x           x                x           x            x            x            stopped  x
`;

describe('the role machine', () => {
  const [states = [], ...rows] = TABLE.trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));

  it('decides every pair of state and event on purpose', () => {
    expect(states).toEqual(Object.keys(STATES));
    expect(rows.map(([event]) => event)).toEqual(Object.keys(EVENTS));
    const decided = Object.values(EVENTS).map((event) => [
      event.kind,
      ...Object.values(STATES).map((value) => outcome(value, event)),
    ]);
    expect(decided).toEqual(rows);
  });

  it('begins a term only if its epoch is still the highest, and never with a damaged log', () => {
    const won = { kind: 'campaignWon', epoch: 5, epochStartIndex: 9, heldEpoch: 6 } as const;
    expect(effectsOf(STATES.campaigning, won)).toEqual(['refusePromotion']);
    const damaged = step(STATES.campaigning, EVENTS.damageFound).next;
    expect(effectsOf(damaged, { ...won, heldEpoch: 5 })).toEqual(['refusePromotion']);
    const founded = { kind: 'founded', epoch: 1, epochStartIndex: 1, heldEpoch: 2 } as const;
    expect(effectsOf(STATES.founding, founded)).toEqual(['beginSecondary', 'poll']);
    expect(effectsOf(step(STATES.founding, EVENTS.damageFound).next, EVENTS.founded)).toEqual(['beginSecondary']);
  });

  it('joins the cluster that a peer belongs to, and does not want a term any more', () => {
    const { next, effects } = step(STATES.founding, EVENTS.clusterMet);
    expect(next).toMatchObject({ state: { kind: 'secondary' }, prefers: 'secondary', wantsTerm: false });
    expect(effects).toEqual([{ kind: 'beginSecondary' }]);
  });

  it('ignores a master and an epoch that are no newer than its own term', () => {
    const old = { kind: 'masterHeard', master: { ...MASTER, epoch: 5 }, heldEpoch: 5 } as const;
    expect(effectsOf(STATES.master, old)).toEqual([]);
    expect(effectsOf(STATES.transferring, { kind: 'higherEpochHeard', epoch: 5, from: 'n2' })).toEqual([]);
  });

  it('counts only the first damage', () => {
    const first = step(STATES.campaigning, EVENTS.damageFound).next;
    const second = { kind: 'damageFound', damage: { ...DAMAGE, index: 2 } } as const;
    expect(step(first, second)).toEqual({ next: first, effects: [] });
    const waiting = inState({ kind: 'secondary' }, { damage: DAMAGE });
    expect(step(waiting, second)).toEqual({ next: waiting, effects: [] });
  });

  it('begins no election of its own with a damaged log', () => {
    const damaged = inState({ kind: 'secondary' }, { damage: DAMAGE });
    expect(step(damaged, EVENTS.masterLost)).toEqual({ next: damaged, effects: [] });
  });

  it('goes behind another member that has lost the master too, once it has voted for it', () => {
    const lost = { wantsTerm: true, lostMaster: { nodeId: 'n9', silentMs: 900 } };
    const polling = inState({ kind: 'polling', by: 'itself', attempt: 0, lastFailure: null }, lost);
    expect(step(polling, EVENTS.voteGranted).next).toMatchObject({
      state: { kind: 'secondary' },
      wantsTerm: false,
      lostMaster: null,
    });
    const campaigning = inState({ kind: 'campaigning', by: 'itself', epoch: 5, attempt: 0 }, lost);
    const outrun = step(campaigning, EVENTS.voteGranted).next;
    expect(outrun).toMatchObject({ state: { kind: 'campaigning' }, wantsTerm: false, lostMaster: null });
    expect(step(outrun, EVENTS.campaignLost).next.state.kind).toBe('secondary');
  });

  it('refuses the end of a promotion while the node polls by itself', () => {
    const polling = inState({ kind: 'polling', by: 'itself', attempt: 0, lastFailure: null }, { wantsTerm: true });
    expect(() => step(polling, EVENTS.promotionFailed)).toThrow('promotionFailed cannot happen in state polling');
  });

  it('stops on a value that breaks an invariant', () => {
    const holding = inState({ kind: 'master', epoch: 5 }, { isMasterChanging: true });
    expect(() => step(holding, EVENTS.voteGranted)).toThrow('a master holds writes (master → master)');
  });
});

function inState(state: RoleState, facts: Partial<RoleValue> = {}): RoleValue {
  return { ...INITIAL_ROLE, prefers: 'master', ...facts, state };
}

function effectsOf(value: RoleValue, event: RoleEvent): string[] {
  return step(value, event).effects.map(({ kind }) => kind);
}

function outcome(value: RoleValue, event: RoleEvent): string {
  try {
    const { next, effects } = step(value, event);
    if (next.state.kind !== value.state.kind) return next.state.kind;
    return effects.length === 0 && JSON.stringify(next) === JSON.stringify(value) ? '.' : '=';
  } catch (error) {
    if (error instanceof Error && error.message.includes('cannot happen')) return 'x';
    throw error;
  }
}
