/** From the opening of the log to the first role, and back to an empty node. */
import {
  endChange,
  enterTerm,
  impossible,
  noteDamage,
  promote,
  refusePromotion,
  refuseTransfer,
  settle,
  stay,
  stop,
  withoutWish,
  andThen,
  to,
  withoutTerm,
} from './moves.js';
import type { Step } from './moves.js';
import { isStopping } from './refusals.js';
import type { EventOf, RoleEvent } from './role-event.js';
import type { RoleValue } from './role-state.js';

export function whenStarting(value: RoleValue, event: RoleEvent): Step {
  return event.kind === 'started' ? start(value, event) : beforeFirstRole(value, event);
}

export function whenFounding(value: RoleValue, event: RoleEvent): Step {
  switch (event.kind) {
    case 'founded':
      return founded(value, event);
    case 'clusterMet':
      return joinInstead(value);
    default:
      return beforeFirstRole(value, event);
  }
}

function beforeFirstRole(value: RoleValue, event: RoleEvent): Step {
  switch (event.kind) {
    case 'promotionRequested':
      return promote(value, event);
    case 'transferRequested':
      return refuseTransfer(value, event, 'it is starting');
    case 'damageFound':
      return noteDamage(value, event.damage);
    case 'stopRequested':
      return stop(value, 'secondary');
    // This node has told nothing to any node yet, and the others repeat what they say.
    case 'masterHeard':
    case 'higherEpochHeard':
    case 'higherEpochClaimed':
    case 'voteGranted':
    case 'removalHeard':
    case 'masterLost':
    case 'masterUnfit':
    case 'claimed':
    case 'changeLimitReached':
      return stay(value);
    default:
      return impossible(value, event);
  }
}

/**
 * Damage found on opening. A node that prefers to be secondary repairs at once. A node that prefers to be master
 * changes nothing until it has a master that can send the records again.
 */
function start(value: RoleValue, { prefers, mayFound, damage }: EventOf<'started'>): Step {
  const known = damage ?? value.damage;
  const wantsTerm = prefers === 'master' && known === null;
  const started: RoleValue = { ...value, prefers, wantsTerm, damage: known };
  if (wantsTerm && mayFound) return to(started, { kind: 'founding' }, { kind: 'found' });
  const begun = stay(started, { kind: 'beginSecondary' });
  if (known === null) return andThen(begun, settle);
  const announced = andThen(begun, (next) => stay(next, { kind: 'announceDamage', damage: known }));
  if (prefers === 'master') return andThen(announced, settle);
  return andThen(announced, (next) => to(next, { kind: 'repairing' }, { kind: 'repair', damage: known }));
}

/**
 * If this node voted for another one meanwhile, that epoch is above the founder's: this node is a candidate like any
 * other.
 */
function founded(value: RoleValue, event: EventOf<'founded'>): Step {
  const isOvertaken = event.heldEpoch !== event.epoch;
  if (value.damage === null && !isOvertaken) return enterTerm(value, event, 'promoted');
  return andThen(andThen(stay(value, { kind: 'beginSecondary' }), endChange), settle);
}

/** From now on it is a node like one that was started as secondary. */
function joinInstead(value: RoleValue): Step {
  const begun = stay({ ...withoutWish(value), prefers: 'secondary' }, { kind: 'beginSecondary' });
  return andThen(begun, settle);
}

export function whenUnfounding(value: RoleValue, event: RoleEvent): Step {
  switch (event.kind) {
    case 'unfoundingEnded':
      return unfounded(value, event);
    case 'masterHeard':
      return stay(value);
    case 'damageFound':
      return noteDamage(value, event.damage);
    case 'promotionRequested':
      return promote(value, event);
    case 'stopRequested':
      return andThen(refusePromotion(value, isStopping()), (next) => stop(next, 'secondary'));
    default:
      return withoutTerm(value, event);
  }
}

/** An empty node registers with the cluster that lists it. With messages it goes on as the master of its own. */
function unfounded(value: RoleValue, { isUnfounded }: EventOf<'unfoundingEnded'>): Step {
  const wantsTerm = !isUnfounded && value.prefers === 'master' && value.damage === null;
  const begun = andThen(stay({ ...value, wantsTerm }, { kind: 'beginSecondary' }), endChange);
  return andThen(begun, settle);
}
