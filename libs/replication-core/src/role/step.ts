/**
 * The role machine: the role of a node, what happens to it, and what to do. Pure: the caller passes the events one
 * after the other and carries out the effects in order. Every event from outside is decided explicitly in every state.
 * A result that a state did not ask for is `impossible`: a bug of the caller, such as the end of a campaign that never
 * began.
 */
import { requireSound } from './invariants.js';
import type { Step } from './moves.js';
import type { RoleEvent } from './role-event.js';
import type { RoleValue } from './role-state.js';
import { whenAwaitingTransfer, whenCampaigning, whenPolling } from './step-candidate.js';
import { whenMaster, whenSteppingDown, whenTransferring } from './step-master.js';
import { whenRemoved, whenRepairing, whenSecondary } from './step-secondary.js';
import { whenFounding, whenStarting, whenUnfounding } from './step-start.js';
import { whenStopped, whenStopping } from './step-stop.js';

export function step(role: RoleValue, event: RoleEvent): Step {
  const taken = stepFrom(role, event);
  requireSound(role, taken.next, taken.effects);
  return taken;
}

function stepFrom(role: RoleValue, event: RoleEvent): Step {
  const { state } = role;
  switch (state.kind) {
    case 'starting':
      return whenStarting(role, event);
    case 'founding':
      return whenFounding(role, event);
    case 'unfounding':
      return whenUnfounding(role, event);
    case 'secondary':
      return whenSecondary(role, event);
    case 'removed':
      return whenRemoved(role, event);
    case 'repairing':
      return whenRepairing(role, event);
    case 'polling':
      return whenPolling(role, state, event);
    case 'awaitingTransfer':
      return whenAwaitingTransfer(role, event);
    case 'campaigning':
      return whenCampaigning(role, state, event);
    case 'master':
      return whenMaster(role, state, event);
    case 'transferring':
      return whenTransferring(role, state, event);
    case 'steppingDown':
      return whenSteppingDown(role, state, event);
    case 'stopping':
      return whenStopping(role, event);
    case 'stopped':
      return whenStopped(role, event);
  }
}
