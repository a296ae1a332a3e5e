/**
 * Did anything happen between two moments? A forecast binds a promotion only if nothing did. The state itself is
 * compared, so nothing has to be watched: the same fingerprint twice means nothing happened.
 */
import { standingOf } from '@replog/core/membership/membership.js';
import type { SimulatedCluster } from '../cluster/simulated-cluster.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';

/** What a promotion itself does not change: processes, network, faults, and votes for other candidates. */
export function circumstances(cluster: SimulatedCluster, promoted: SimulatedNode): string {
  const { network, machines, terms, counts } = cluster;
  const faults = [...counts].filter(([what]) => what.startsWith('fault: ')).map(([, times]) => times);
  return JSON.stringify([
    machines.map(({ life, process, local }) => [life, process?.isFrozen ?? null, local?.incarnation ?? null]),
    [network.changes, network.lossChance, network.duplicateChance, network.spikeChance, network.linkLagMs],
    faults.reduce((sum, times) => sum + times, 0),
    terms.votesBeside(promoted.name),
  ]);
}

/** The circumstances, and every log and role. */
export function standstill(cluster: SimulatedCluster, promoted: SimulatedNode): string {
  const nodes = cluster.machines.map(({ local, role, door }) =>
    local === null
      ? null
      : [role, door !== null, local.epoch, local.term !== null, local.store.last, local.membershipIndex],
  );
  return JSON.stringify([circumstances(cluster, promoted), nodes]);
}

/** Is the network perfect, every record durable, and no node about to end? */
export function isQuiet({ network, machines, logOf, isDamaged }: SimulatedCluster): boolean {
  const { lossChance, duplicateChance, spikeChance } = network;
  const areDurable = machines.every(
    (machine) => machine.local === null || machine.local.store.last.index === logOf(machine).lastIndex,
  );
  const isTroubled = machines.some((machine) => machine.isStopping || isDamaged(machine) || isDiskFailing(machine));
  return lossChance + duplicateChance + spikeChance === 0 && areDurable && !isTroubled;
}

/** A vote needs the disk. A node whose next sync fails, or whose disk is full, cannot vote. */
function isDiskFailing({ disk }: SimulatedNode): boolean {
  return disk.failsNext || disk.lack !== null || disk.files.capacityBytes !== null;
}

/** The members that `from` can hear, itself included, by the membership in its log. */
export function inReachOf({ machine, network }: SimulatedCluster, from: SimulatedNode): SimulatedNode[] {
  const membership = from.local?.membership;
  if (membership === undefined) return [];
  return membership.members
    .map(({ nodeId }) => machine(nodeId))
    .filter((other) => {
      const { process, door, local } = other;
      if (process === null || process.isFrozen || door === null || local === null) return false;
      const isOpen = network.isOpen(from.name, other.name) && network.isOpen(other.name, from.name);
      return isOpen && standingOf(membership, local) === 'member';
    });
}
