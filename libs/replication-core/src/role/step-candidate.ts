/**
 * A candidate: it polls, waits for the living master to transfer its term, or campaigns. It does one of these at a
 * time.
 */
import {
  beginChange,
  causeOf,
  endChange,
  enterTerm,
  failPromotion,
  hear,
  hearAndFollow,
  impossible,
  noteDamage,
  pollForOperator,
  promote,
  refusePromotion,
  settle,
  stay,
  stop,
  andThen,
  to,
  withoutTerm,
  withoutWish,
} from './moves.js';
import type { Step } from './moves.js';
import { isStopping, promotionLost } from './refusals.js';
import type { EventOf, PollResult, RoleEvent } from './role-event.js';
import { PROMOTION_ATTEMPTS } from './role-limits.js';
import type { CandidateBy, Campaigning, Polling, RoleValue } from './role-state.js';

export function whenPolling(value: RoleValue, state: Polling, event: RoleEvent): Step {
  switch (event.kind) {
    case 'pollDecided':
      return decided(value, state, event.result);
    case 'promotionRequested':
      return promote(value, event, takeOver);
    case 'masterHeard':
      return state.by === 'itself' ? hearWhilePolling(value, event) : hearAndFollow(value, event);
    case 'promotionFailed':
      return state.by === 'operator' ? failPromotion(value, event.refusal) : impossible(value, event);
    case 'voteGranted':
      return giveWay(value);
    case 'damageFound':
      return giveUp(value, event);
    case 'stopRequested':
      return stopAsking(value);
    default:
      return withoutTerm(value, event);
  }
}

/** Another member that has lost its master too goes first: this one waits for it, as for a master. */
function giveWay(value: RoleValue): Step {
  const held = beginChange(value);
  if (value.lostMaster === null) return held;
  return andThen(
    andThen(held, (next) => stay(withoutWish(next), { kind: 'cancelPoll' })),
    settle,
  );
}

/** Only a node that polls by itself follows. For an operator, the node asks the living master for a transfer. */
function decided(value: RoleValue, { by, attempt }: Polling, result: PollResult): Step {
  switch (result.kind) {
    case 'follow':
      return followFound(value, result);
    case 'transfer':
      return to(value, { kind: 'awaitingTransfer', from: result.from }, { kind: 'requestTransfer', from: result.from });
    case 'campaign':
      return campaign(value, by, result.epoch, attempt);
    case 'wait':
      return tryAgain(value, by, attempt, result.reason);
  }
}

/** A node that is no member follows a master of any epoch. */
function followFound(value: RoleValue, { master, heldEpoch }: Extract<PollResult, { kind: 'follow' }>): Step {
  const heard = hear(withoutWish(value), { kind: 'masterHeard', master, heldEpoch });
  return andThen(
    andThen(heard, (next) => stay(next, { kind: 'follow', master })),
    settle,
  );
}

/** Writes are held from the first campaign for an operator on; a campaign of the node itself holds no writes. */
function campaign(value: RoleValue, by: CandidateBy, epoch: number, attempt: number): Step {
  const force = by === 'operator' && value.promotion?.force === true;
  const begun = by === 'operator' && attempt === 0 ? beginChange(value) : stay(value);
  return andThen(begun, (next) =>
    to(
      next,
      { kind: 'campaigning', by, epoch, attempt },
      { kind: 'campaign', by, force, epoch, cause: causeOf(next, by) },
    ),
  );
}

function tryAgain(value: RoleValue, by: CandidateBy, attempt: number, reason: string): Step {
  if (value.damage !== null) return failDamaged(value);
  if (by === 'itself') return settle(value, { attempt: attempt + 1, failure: reason });
  if (attempt + 1 < PROMOTION_ATTEMPTS) return pollForOperator(value, attempt + 1, reason);
  return failPromotion(value, promotionLost(reason));
}

/** The operator's request goes before the node's own wish. */
function takeOver(value: RoleValue): Step {
  return andThen(stay(value, { kind: 'cancelPoll' }), (next) => pollForOperator(next, 0, null));
}

function hearWhilePolling(value: RoleValue, event: EventOf<'masterHeard'>): Step {
  const heard = hearAndFollow(value, event);
  if (heard.next.wantsTerm) return heard;
  return andThen(
    andThen(stay(value, { kind: 'cancelPoll' }), () => heard),
    settle,
  );
}

function giveUp(value: RoleValue, { damage }: EventOf<'damageFound'>): Step {
  return andThen(
    andThen(noteDamage(value, damage), (next) => stay(next, { kind: 'cancelPoll' })),
    failDamaged,
  );
}

function failDamaged(value: RoleValue): Step {
  return andThen(value.promotion === null ? stay(value) : endChange(value), settle);
}

function stopAsking(value: RoleValue): Step {
  const cancelled = andThen(stay(value, { kind: 'cancelPoll' }), (next) => refusePromotion(next, isStopping()));
  return andThen(cancelled, (next) => stop(next, 'secondary', { kind: 'endSecondary' }));
}

/** Always for an operator: a node by itself takes no term from a living master. */
export function whenAwaitingTransfer(value: RoleValue, event: RoleEvent): Step {
  switch (event.kind) {
    case 'transferGranted':
      return campaign(value, 'operator', event.epoch, 0);
    case 'promotionFailed':
      return failPromotion(value, event.refusal);
    case 'promotionRequested':
      return promote(value, event);
    case 'masterHeard':
      return hearAndFollow(value, event);
    case 'damageFound':
      return giveUp(value, event);
    case 'stopRequested':
      return stopAsking(value);
    default:
      return withoutTerm(value, event);
  }
}

export function whenCampaigning(value: RoleValue, state: Campaigning, event: RoleEvent): Step {
  switch (event.kind) {
    case 'campaignWon':
      return won(value, state, event);
    case 'campaignLost':
      return state.by === 'itself' && value.promotion !== null
        ? settle(value)
        : tryAgain(value, state.by, state.attempt, event.reason);
    case 'promotionRequested':
      // The campaign is decided first.
      return promote(value, event);
    case 'masterHeard':
      return hearAndFollow(value, event);
    // It is lost: see `won`. What comes after it is as in `giveWay`.
    case 'voteGranted':
      return andThen(beginChange(value), (next) => stay(next.lostMaster === null ? next : withoutWish(next)));
    // The campaign may be writing to the log: it is decided first, but its term does not begin.
    case 'damageFound':
      return noteDamage(value, event.damage);
    case 'stopRequested':
      return andThen(refusePromotion(value, isStopping()), (next) => stop(next, 'secondary', { kind: 'endSecondary' }));
    default:
      return withoutTerm(value, event);
  }
}

/**
 * The term begins only if no damage was found and this node gave no vote in a higher epoch meanwhile. The check and the
 * beginning are one step, so nothing can come between them.
 */
function won(value: RoleValue, { by }: Campaigning, event: EventOf<'campaignWon'>): Step {
  if (value.damage !== null) return failDamaged(value);
  if (event.heldEpoch === event.epoch) {
    const left = stay(value, { kind: 'endSecondary' });
    return andThen(left, (next) => enterTerm(next, event, by === 'operator' ? 'promoted' : 'already-master'));
  }
  if (by === 'itself') return settle(value);
  return failPromotion(
    value,
    promotionLost(`epoch ${event.epoch} was won, but this node voted in a higher one meanwhile`),
  );
}
