/** A node that is being stopped waits for what is in progress and begins nothing. */
import { impossible, noteDamage, promote, refuseTransfer, stay, to } from './moves.js';
import type { Step } from './moves.js';
import type { RoleEvent } from './role-event.js';
import type { RoleValue } from './role-state.js';

export function whenStopping(value: RoleValue, event: RoleEvent): Step {
  switch (event.kind) {
    case 'everythingEnded':
      return to(value, { kind: 'stopped' });
    case 'promotionRequested':
      return promote(value, event);
    case 'transferRequested':
      return refuseTransfer(value, event, 'it is stopping');
    case 'damageFound':
      return noteDamage(value, event.damage);
    case 'repaired':
      return stay({ ...value, damage: null });
    // What is in progress ends without a result. If a term was won here, another node must win a new one.
    case 'founded':
    case 'clusterMet':
    case 'campaignWon':
    case 'campaignLost':
    case 'termEnded':
    case 'unfoundingEnded':
    case 'repairFailed':
    case 'masterHeard':
    case 'higherEpochHeard':
    case 'higherEpochClaimed':
    case 'voteGranted':
    case 'removalHeard':
    case 'masterLost':
    case 'masterUnfit':
    case 'claimed':
    case 'changeLimitReached':
    case 'stopRequested':
      return stay(value);
    default:
      return impossible(value, event);
  }
}

export function whenStopped(value: RoleValue, event: RoleEvent): Step {
  switch (event.kind) {
    case 'promotionRequested':
      return promote(value, event);
    case 'transferRequested':
      return refuseTransfer(value, event, 'it is stopping');
    // The log is closed: nothing can be saved.
    case 'damageFound':
    case 'masterHeard':
    case 'higherEpochHeard':
    case 'higherEpochClaimed':
    case 'voteGranted':
    case 'removalHeard':
    case 'masterLost':
    case 'masterUnfit':
    case 'claimed':
    case 'changeLimitReached':
    case 'stopRequested':
      return stay(value);
    default:
      return impossible(value, event);
  }
}
