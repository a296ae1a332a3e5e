/** A node that holds a term, transfers it, or has lost it and settles what waits in it. */
import {
  beginChange,
  changeLimitReached,
  endChange,
  endOfTerm,
  hear,
  impossible,
  noteDamage,
  promote,
  refusePromotion,
  refuseTransfer,
  settle,
  stay,
  stepDown,
  stop,
  andThen,
  to,
  withoutTerm,
} from './moves.js';
import type { Step } from './moves.js';
import { isStopping, isTransferring, transferRefused } from './refusals.js';
import type { EpochClaim, EventOf, MasterSeen, RoleEvent } from './role-event.js';
import { DEPOSED_REST_PINGS } from './role-limits.js';
import type { Master, RoleValue, SteppingDown, StepDownReason, Transferring } from './role-state.js';

export function whenMaster(value: RoleValue, state: Master, event: RoleEvent): Step {
  switch (event.kind) {
    case 'higherEpochHeard': {
      const reason = deposedBy(state.epoch, event);
      return reason === null ? stay(value) : stepDown(value, state.epoch, reason);
    }
    case 'higherEpochClaimed':
    case 'masterHeard':
      return doubt(value, state.epoch, event);
    case 'transferRequested':
      return transfer(value, state, event);
    case 'damageFound':
      return andThen(noteDamage(value, event.damage), (next) => stepDown(next, state.epoch, { kind: 'damaged' }));
    case 'promotionRequested':
      return event.force ? beginAnew(value, state, event) : alreadyMaster(value, event);
    case 'claimed':
      return stepDown(value, state.epoch, event);
    case 'masterUnfit':
      return stepDown(value, state.epoch, reasonOf(event));
    case 'stopRequested':
      return stop(value, 'master', endOfTerm(state.epoch, { kind: 'stopped' }));
    // The vote was given, or its master missed, before the term was won.
    case 'voteGranted':
    case 'masterLost':
    case 'removalHeard':
    case 'changeLimitReached':
      return stay(value);
    default:
      return impossible(value, event);
  }
}

/** `null` if what was heard is no newer than this term. */
function deposedBy(epoch: number, { epoch: heard, from }: EventOf<'higherEpochHeard'>): StepDownReason | null {
  return heard > epoch ? { kind: 'deposed', epoch: heard, from } : null;
}

function reasonOf({ why, silentMs }: EventOf<'masterUnfit'>): StepDownReason {
  return why === 'stalled' ? { kind: 'stalled' } : { kind: 'unheard', silentMs };
}

/** An epoch has one membership to begin with, so the term ends, and the campaign by force comes next. */
function beginAnew(value: RoleValue, { epoch }: Master, event: EventOf<'promotionRequested'>): Step {
  return promote(value, event, (asked) => stepDown(asked, epoch, { kind: 'forced' }));
}

function alreadyMaster(value: RoleValue, { id }: EventOf<'promotionRequested'>): Step {
  return stay(value, { kind: 'answerPromotion', id, outcome: 'already-master' });
}

/** The term goes on until a member confirms the epoch. */
function doubt(value: RoleValue, epoch: number, event: EventOf<'higherEpochClaimed' | 'masterHeard'>): Step {
  const claim = event.kind === 'masterHeard' ? claimOf(event.master) : event;
  return claim.epoch > epoch ? stay(value, { ...claim, kind: 'askMembers' }) : stay(value);
}

function claimOf({ epoch, nodeId }: MasterSeen): EpochClaim {
  return { epoch, from: nodeId, isMaster: true };
}

function transfer(value: RoleValue, { epoch }: Master, { id, to: successor }: EventOf<'transferRequested'>): Step {
  return andThen(beginChange(value), (next) =>
    to(next, { kind: 'transferring', epoch, id, to: successor }, { kind: 'catchUp', id, to: successor }),
  );
}

export function whenTransferring(value: RoleValue, state: Transferring, event: RoleEvent): Step {
  const { epoch, id, to: successor } = state;
  switch (event.kind) {
    case 'successorCaughtUp':
      return stepDown(value, epoch, { kind: 'transferred', id, to: successor });
    case 'transferFailed': {
      const refusal = transferRefused(successor, event.why);
      return andThen(to(value, { kind: 'master', epoch }, { kind: 'refuseTransfer', id, refusal }), endChange);
    }
    case 'higherEpochHeard': {
      const reason = deposedBy(epoch, event);
      if (reason === null) return stay(value);
      return andThen(endTransfer(value, state, 'it was deposed'), (next) => stepDown(next, epoch, reason));
    }
    case 'higherEpochClaimed':
    case 'masterHeard':
      return doubt(value, epoch, event);
    case 'damageFound': {
      const noted = andThen(noteDamage(value, event.damage), (next) => endTransfer(next, state, 'its log is damaged'));
      return andThen(noted, (next) => stepDown(next, epoch, { kind: 'damaged' }));
    }
    case 'masterUnfit':
      return andThen(endTransfer(value, state, 'it cannot go on as master'), (next) =>
        stepDown(next, epoch, reasonOf(event)),
      );
    case 'transferRequested':
      return refuseTransfer(value, event, `it is transferring its term to ${successor} already`);
    case 'promotionRequested':
      return event.force
        ? stay(value, { kind: 'refusePromotion', id: event.id, refusal: isTransferring(successor) })
        : alreadyMaster(value, event);
    case 'changeLimitReached':
      return changeLimitReached(value);
    case 'stopRequested':
      return andThen(endTransfer(value, state, 'it is stopping'), (next) =>
        stop(next, 'master', endOfTerm(epoch, { kind: 'stopped' })),
      );
    case 'voteGranted':
    case 'masterLost':
    case 'removalHeard':
    // A node that is alone in its cluster transfers to nobody.
    case 'claimed':
      return stay(value);
    default:
      return impossible(value, event);
  }
}

function endTransfer(value: RoleValue, { id, to: successor }: Transferring, why: string): Step {
  return stay(
    value,
    { kind: 'cancelCatchUp' },
    { kind: 'refuseTransfer', id, refusal: transferRefused(successor, why) },
  );
}

export function whenSteppingDown(value: RoleValue, state: SteppingDown, event: RoleEvent): Step {
  switch (event.kind) {
    case 'termEnded':
      return ended(value, state);
    case 'masterHeard':
      return hear(value, event);
    case 'damageFound':
      return noteDamage(value, event.damage);
    case 'promotionRequested':
      // The term must end first.
      return promote(value, event);
    case 'transferRequested':
      return refuseTransfer(value, event, 'it is stepping down already');
    case 'stopRequested': {
      const refused = andThen(refusePromotion(value, isStopping()), (next) => answerTransfer(next, state));
      return andThen(refused, (next) => stop(next, 'master'));
    }
    default:
      return withoutTerm(value, event);
  }
}

/** After a transfer this node pauses, too: the successor needs time to win. */
function ended(value: RoleValue, state: SteppingDown): Step {
  const { reason } = state;
  if (reason.kind === 'claimed') return to(value, { kind: 'unfounding' }, { kind: 'unfound', claim: reason });
  const begun = andThen(stay(value, { kind: 'beginSecondary' }), (next) => answerTransfer(next, state));
  return andThen(begun, (next) => settle(next, { restPings: DEPOSED_REST_PINGS }));
}

/** The successor has every record, and this node writes no more: the successor may begin its campaign. */
function answerTransfer(value: RoleValue, { reason }: SteppingDown): Step {
  return reason.kind === 'transferred' ? stay(value, { kind: 'answerTransfer', id: reason.id }) : stay(value);
}
