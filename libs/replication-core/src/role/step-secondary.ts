/** A node that follows a master, looks for one, was removed, or repairs its log. */
import { hear, noteDamage, pollForOperator, promote, settle, stay, stop, andThen, to, withoutTerm } from './moves.js';
import type { Step } from './moves.js';
import type { EventOf, RoleEvent } from './role-event.js';
import type { RoleValue } from './role-state.js';

export function whenSecondary(value: RoleValue, event: RoleEvent): Step {
  switch (event.kind) {
    case 'masterHeard':
      // Damage that had to wait for a master to repair from.
      return andThen(hear(value, event), repairIfDamaged);
    case 'damageFound':
      return value.damage === null ? andThen(noteDamage(value, event.damage), repairIfDamaged) : stay(value);
    case 'promotionRequested':
      return promote(value, event, (asked) => pollForOperator(asked, 0, null));
    case 'masterLost':
      return beginElection(value, event);
    case 'removalHeard':
      return to(value, { kind: 'removed' }, { kind: 'endSecondary' });
    case 'stopRequested':
      return stop(value, 'secondary', { kind: 'endSecondary' });
    default:
      return withoutTerm(value, event);
  }
}

/** With damage that waits for a master to repair from, the node may not become one. */
function beginElection(value: RoleValue, { nodeId, silentMs }: EventOf<'masterLost'>): Step {
  if (value.damage !== null) return stay(value);
  return settle({ ...value, wantsTerm: true, lostMaster: { nodeId, silentMs } });
}

/** Only a new start ends it. */
export function whenRemoved(value: RoleValue, event: RoleEvent): Step {
  switch (event.kind) {
    case 'masterHeard':
      return stay(value);
    case 'damageFound':
      return noteDamage(value, event.damage);
    case 'promotionRequested':
      return promote(value, event);
    case 'stopRequested':
      return stop(value, 'secondary');
    default:
      return withoutTerm(value, event);
  }
}

function repairIfDamaged(value: RoleValue): Step {
  const { damage } = value;
  return damage === null ? stay(value) : to(value, { kind: 'repairing' }, { kind: 'repair', damage });
}

export function whenRepairing(value: RoleValue, event: RoleEvent): Step {
  switch (event.kind) {
    case 'repaired':
      return settle({ ...value, damage: null });
    // It tries again when it hears of a master.
    case 'repairFailed':
      return to(value, { kind: 'secondary' });
    case 'masterHeard':
      return hear(value, event);
    case 'promotionRequested':
      return promote(value, event);
    case 'stopRequested':
      return stop(value, 'secondary', { kind: 'endSecondary' });
    case 'damageFound':
      return stay(value);
    default:
      return withoutTerm(value, event);
  }
}
