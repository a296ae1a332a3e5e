/**
 * Parts of a step that several states share. Each takes the value before and returns the value after, with its effects.
 */
import type { ReplogError } from '@replog/contracts/errors.js';
import type { ElectionCause } from '@replog/contracts/http.js';
import type { RoleEffect, TermEnd } from './role-effect.js';
import type { EventOf, ResultEvent, RoleEvent } from './role-event.js';
import { MASTER_CHANGE_LIMIT_MS } from './role-limits.js';
import { damagedCandidate, refusalOfPromotion, transferRefused } from './refusals.js';
import type { CandidateBy, Damage, RoleState, RoleValue, StepDownReason } from './role-state.js';

export interface Step {
  readonly next: RoleValue;
  readonly effects: readonly RoleEffect[];
}

export function stay(value: RoleValue, ...effects: RoleEffect[]): Step {
  return { next: value, effects };
}

/** `value` in another state. */
export function to(value: RoleValue, state: RoleState, ...effects: RoleEffect[]): Step {
  return { next: { ...value, state }, effects };
}

/** `second` after `first`. */
export function andThen(first: Step, second: (value: RoleValue) => Step): Step {
  const { next, effects } = second(first.next);
  return { next, effects: [...first.effects, ...effects] };
}

/** Only a result can be impossible: what comes from outside is decided in every state, or this does not compile. */
export function impossible(value: RoleValue, event: ResultEvent): never {
  throw new Error(`role machine: ${event.kind} cannot happen in state ${value.state.kind}`);
}

/** Writes are held from here on. The first sign counts: a change in progress gets no more time from another sign. */
export function beginChange(value: RoleValue): Step {
  if (value.isMasterChanging) return stay(value);
  return stay({ ...value, isMasterChanging: true }, { kind: 'startChangeLimit', limitMs: MASTER_CHANGE_LIMIT_MS });
}

export function endChange(value: RoleValue): Step {
  if (!value.isMasterChanging) return stay(value);
  return stay({ ...value, isMasterChanging: false }, { kind: 'stopChangeLimit' });
}

export function changeLimitReached(value: RoleValue): Step {
  return stay({ ...value, isMasterChanging: false });
}

/** The other master has this node's epoch or a higher one. */
export function isCurrent({ master, heldEpoch }: EventOf<'masterHeard'>): boolean {
  return master.epoch >= heldEpoch;
}

/** A master of an equal or higher epoch ends a change. */
export function hear(value: RoleValue, event: EventOf<'masterHeard'>): Step {
  return isCurrent(event) ? endChange(value) : stay(value);
}

/** The same for a node that wants a term: it gives up the wish and follows. */
export function hearAndFollow(value: RoleValue, event: EventOf<'masterHeard'>): Step {
  const heard = hear(value, event);
  if (!isCurrent(event) || !value.wantsTerm) return heard;
  return andThen(heard, (next) => stay(withoutWish(next), { kind: 'follow', master: event.master }));
}

/** Only the first damage counts: its repair takes away everything after it. */
export function noteDamage(value: RoleValue, damage: Damage): Step {
  if (value.damage !== null) return stay(value);
  const next = { ...withoutWish(value), damage };
  return stay(next, { kind: 'announceDamage', damage }, { kind: 'rememberDamage', damage });
}

export function refusePromotion(value: RoleValue, refusal: ReplogError): Step {
  if (value.promotion === null) return stay(value);
  const { id } = value.promotion;
  return stay({ ...value, promotion: null }, { kind: 'refusePromotion', id, refusal });
}

export function refuseTransfer(
  value: RoleValue,
  { id, to: successor }: EventOf<'transferRequested'>,
  why: string,
): Step {
  return stay(value, { kind: 'refuseTransfer', id, refusal: transferRefused(successor, why) });
}

/** What a node without a term does where its state says nothing else. The four left out are decided in every state. */
export function withoutTerm(
  value: RoleValue,
  event: Exclude<RoleEvent, EventOf<'masterHeard' | 'damageFound' | 'promotionRequested' | 'stopRequested'>>,
): Step {
  switch (event.kind) {
    case 'transferRequested':
      return refuseTransfer(value, event, 'it is not master');
    case 'voteGranted':
      return beginChange(value);
    case 'changeLimitReached':
      return changeLimitReached(value);
    // Only a term can be lost to a higher epoch, and only a secondary registers.
    case 'higherEpochHeard':
    case 'removalHeard':
    case 'higherEpochClaimed':
    // Only a secondary waits for its master, and only a master gives up a term.
    case 'masterLost':
    case 'masterUnfit':
    // The other cluster repeats its claim.
    case 'claimed':
      return stay(value);
    default:
      return impossible(value, event);
  }
}

/** Accepts a promotion with `begin`, unless it is refused at once. */
export function promote(
  value: RoleValue,
  { id, force }: EventOf<'promotionRequested'>,
  begin: (asked: RoleValue) => Step = stay,
): Step {
  const refusal = refusalOfPromotion(value);
  if (refusal !== null) return stay(value, { kind: 'refusePromotion', id, refusal });
  return begin({ ...value, promotion: { id, force } });
}

export function withoutWish(value: RoleValue): RoleValue {
  return { ...value, wantsTerm: false, lostMaster: null };
}

export function causeOf({ lostMaster }: RoleValue, by: CandidateBy): ElectionCause {
  if (by === 'operator') return 'operator';
  return lostMaster === null ? 'start' : 'failover';
}

/** The next step of a node that holds no term and has nothing in progress. */
export function settle(value: RoleValue, next: { attempt?: number; failure?: string; restPings?: number } = {}): Step {
  if (value.damage !== null) {
    return andThen(to(value, { kind: 'secondary' }), (now) =>
      refusePromotion(now, damagedCandidate(value.damage as Damage)),
    );
  }
  if (value.promotion !== null) return pollForOperator(value, 0, null);
  if (!value.wantsTerm) return to(value, { kind: 'secondary' });
  const { attempt = 0, failure = null, restPings = 0 } = next;
  return to(
    value,
    { kind: 'polling', by: 'itself', attempt, lastFailure: failure },
    { kind: 'poll', by: 'itself', force: false, attempt, restPings, cause: causeOf(value, 'itself') },
  );
}

export function pollForOperator(value: RoleValue, attempt: number, lastFailure: string | null): Step {
  const force = value.promotion?.force === true;
  return to(
    value,
    { kind: 'polling', by: 'operator', attempt, lastFailure },
    { kind: 'poll', by: 'operator', force, attempt, restPings: 0, cause: 'operator' },
  );
}

/** The operator's promotion has failed. A node that wanted a term before goes on looking for it. */
export function failPromotion(value: RoleValue, refusal: ReplogError): Step {
  return andThen(andThen(refusePromotion(value, refusal), endChange), settle);
}

export function enterTerm(
  value: RoleValue,
  { epoch, epochStartIndex }: { readonly epoch: number; readonly epochStartIndex: number },
  outcome: 'promoted' | 'already-master',
): Step {
  const begun = to(withoutWish(value), { kind: 'master', epoch }, { kind: 'beginTerm', epoch, epochStartIndex });
  const settled = andThen(begun, endChange);
  const { promotion } = value;
  if (promotion === null) return settled;
  return andThen(settled, (next) =>
    stay({ ...next, promotion: null }, { kind: 'answerPromotion', id: promotion.id, outcome }),
  );
}

/**
 * The term is over at once for everything; waiting writes are settled while the node steps down. If a force comes to
 * nothing, the node goes on looking for a term: nobody else has one.
 */
export function stepDown(value: RoleValue, epoch: number, reason: StepDownReason): Step {
  const isWished = value.prefers === 'master' ? reason.kind !== 'claimed' : reason.kind === 'forced';
  const wantsTerm = isWished && value.damage === null;
  const ending: RoleEffect = { kind: 'endTerm', epoch, because: reason };
  const changed = beginChange({ ...value, wantsTerm });
  return andThen(changed, (next) =>
    to(next, { kind: 'steppingDown', epoch, reason }, { kind: 'forgetOwnTerm' }, ending),
  );
}

export function stop(value: RoleValue, role: 'master' | 'secondary', ...effects: RoleEffect[]): Step {
  const stopped = to(withoutWish(value), { kind: 'stopping', role }, ...effects);
  return andThen(stopped, endChange);
}

export function endOfTerm(epoch: number, because: TermEnd): RoleEffect {
  return { kind: 'endTerm', epoch, because };
}
