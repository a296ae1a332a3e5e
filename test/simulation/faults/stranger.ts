/** A node that is no member claims an epoch that nobody won. */
import type { Random } from '@replog/contracts/ports.js';
import { memberOf } from '@replog/core/membership/membership.js';
import type { SimulatedCluster } from '../cluster/simulated-cluster.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';
import { STRANGER } from '../cluster/stranger.js';
import { possibleMemberships } from '../phases/standing.js';
import { between, pick, upMachines } from './fault.js';
import type { Fault } from './fault.js';

/** More epochs than elections use while a run lasts, and fewer than a forced promotion leaps over. */
const MOST_EPOCHS_AHEAD = 100;

/**
 * As a master, it pings the living one. As a candidate it asks a node that is no member yet, which gives its vote and refuses
 * every lower epoch from then on: it has to be able to join in spite of that.
 */
export const claim: Fault = {
  name: 'epoch claimed by a stranger',
  weight: 4,
  strike: (scene) => {
    const { cluster, random } = scene;
    const learner = pick(
      random,
      upMachines(scene).filter((machine) => isLearner(cluster, machine)),
    );
    if (learner !== null) return askForVote(cluster, learner, random);
    const master = pick(random, cluster.mastersInTerm);
    return master === null ? null : ping(cluster, master, random);
  },
};

function ping(cluster: SimulatedCluster, machine: SimulatedNode, random: Random): string | null {
  const { process, door, local } = machine;
  if (process?.isFrozen !== false || door === null || local === null) return null;
  const epoch = epochAhead(cluster, random);
  const incarnation = random.next() < 0.5 ? local.incarnation : 'another';
  const request = { clusterId: local.clusterId as string, epoch, master: STRANGER, incarnation };
  cluster.strangers.willClaimAt(machine);
  process.run(() => void door.peer.ping(request));
  return `a ping in epoch ${epoch} at ${machine.name}`;
}

function askForVote(cluster: SimulatedCluster, machine: SimulatedNode, random: Random): string {
  const { process, door, local } = machine;
  const epoch = epochAhead(cluster, random);
  const request = { clusterId: local?.clusterId as string, epoch, candidate: STRANGER.nodeId };
  // A disk that fails ends the process: that is another fault.
  process?.run(() => void door?.peer.vote(request, { url: STRANGER.url }).catch(() => undefined));
  cluster.count('votes of a node that is no member');
  return `a vote in epoch ${epoch} of ${machine.name}`;
}

/** It has joined the cluster, and no membership that may be in force counts it or an earlier incarnation. */
function isLearner(cluster: SimulatedCluster, { name, process, door, local }: SimulatedNode): boolean {
  if (process?.isFrozen !== false || door === null || local === null || local.clusterId === null) return false;
  const memberships = possibleMemberships(cluster);
  return memberships.length > 0 && memberships.every((membership) => memberOf(membership, name) === undefined);
}

function epochAhead({ machines }: SimulatedCluster, random: Random): number {
  const highest = Math.max(...machines.map(({ local }) => local?.epoch ?? 0));
  return highest + Math.ceil(between(random, 0, MOST_EPOCHS_AHEAD));
}
