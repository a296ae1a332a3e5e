/** A node that is being stopped waits for what is in progress and begins nothing. */
import { impossible, noteDamage, promote, stay, to } from './moves.js';
import type { Step } from './moves.js';
import { transferRefused } from './refusals.js';
import type { RoleEvent } from './role-event.js';
import type { RoleValue } from './role-state.js';

export function whenStopping(value: RoleValue, event: RoleEvent): Step {
  switch (event.kind) {
    case 'everythingEnded':
      return to(value, { kind: 'stopped' });
    case 'promotionRequested':
      return promote(value, event);
    case 'transferRequested':
      return stay(value, {
        kind: 'refuseTransfer',
        id: event.id,
        refusal: transferRefused(event.to, 'it is stopping'),
      });
    case 'damageFound':
      return noteDamage(value, event.damage);
    case 'repaired':
      return stay({ ...value, damage: null });
    // What is in progress ends without a result. If a term was won here, another node must win a new one.
    case 'founded':
    case 'campaignWon':
    case 'campaignLost':
    case 'termEnded':
    case 'repairFailed':
    case 'masterHeard':
    case 'higherEpochHeard':
    case 'voteGranted':
    case 'changeLimitReached':
    case 'stopRequested':
      return stay(value);
    case 'started':
    case 'pollDecided':
    case 'transferGranted':
    case 'promotionFailed':
    case 'successorCaughtUp':
    case 'transferFailed':
      return impossible(value, event);
  }
}

export function whenStopped(value: RoleValue, event: RoleEvent): Step {
  switch (event.kind) {
    case 'promotionRequested':
      return promote(value, event);
    case 'transferRequested':
      return stay(value, {
        kind: 'refuseTransfer',
        id: event.id,
        refusal: transferRefused(event.to, 'it is stopping'),
      });
    // The log is closed: nothing can be saved.
    case 'damageFound':
    case 'masterHeard':
    case 'higherEpochHeard':
    case 'voteGranted':
    case 'changeLimitReached':
    case 'stopRequested':
      return stay(value);
    case 'started':
    case 'founded':
    case 'pollDecided':
    case 'transferGranted':
    case 'promotionFailed':
    case 'campaignWon':
    case 'campaignLost':
    case 'successorCaughtUp':
    case 'transferFailed':
    case 'termEnded':
    case 'repaired':
    case 'repairFailed':
    case 'everythingEnded':
      return impossible(value, event);
  }
}
