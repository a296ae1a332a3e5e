/**
 * May this machine lose its data now, or have it damaged? Each loss makes a member's incarnation void until it has
 * joined anew. The design bears any number of losses at a time as long as a majority of intact members stays, of every
 * membership that may be in force; with fewer the cluster waits for ever, as it should, and the run shows nothing more.
 */
import type { SimulatedNode } from '../cluster/simulated-node.js';
import { incarnationOn } from '../cluster/state-on-disk.js';
import { isMajorityEverywhere, possibleMemberships } from '../phases/standing.js';
import type { FaultScene } from './fault.js';

/** How many members of the newest committed membership are void or damaged right now. */
export function missingMembers({ cluster }: Pick<FaultScene, 'cluster'>): number {
  const [committed] = possibleMemberships(cluster);
  const members = committed?.members ?? [];
  return members.filter(({ nodeId, incarnation }) => {
    const machine = cluster.machine(nodeId);
    return incarnationOn(machine) !== incarnation || cluster.isDamaged(machine);
  }).length;
}

export function mayLose({ cluster }: Pick<FaultScene, 'cluster'>, machine: SimulatedNode): boolean {
  if (cluster.isDamaged(machine)) return false;
  const memberships = possibleMemberships(cluster);
  const stays = (other: SimulatedNode): boolean => other !== machine && !cluster.isDamaged(other);
  return memberships.length > 0 && isMajorityEverywhere(memberships, cluster.machines, stays);
}
