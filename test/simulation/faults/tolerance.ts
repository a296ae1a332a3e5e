/**
 * May this machine lose its data, or have it damaged, now? Each loss ends the incarnation of a member until it has
 * joined anew. The cluster survives losses as long as every membership in force keeps a majority of intact members.
 * With fewer it waits for ever, as it should, and the run shows nothing more.
 */
import type { SimulatedNode } from '../cluster/simulated-node.js';
import { incarnationOn } from '../cluster/state-on-disk.js';
import { isMajorityEverywhere, possibleMemberships } from '../phases/standing.js';
import type { FaultScene } from './fault.js';

/** How many members of the newest committed membership have lost or damaged data right now. */
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
