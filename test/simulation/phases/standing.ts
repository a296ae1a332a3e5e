/** Which machines could form a majority, by their disks. The healing phases use it. */
import { RecordKind } from '@replog/contracts/record.js';
import type { Membership } from '@replog/contracts/payloads.js';
import type { SimulatedCluster } from '../cluster/simulated-cluster.js';
import { incarnationOn } from '../cluster/state-on-disk.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';

/** Every membership that may be in force somewhere: the committed one and all later ones, durable or not. */
export function possibleMemberships({ machines: all, ledger, logOf, isStray }: SimulatedCluster): Membership[] {
  const machines = all.filter((machine) => !isStray(machine));
  const found = new Map<number, Membership>();
  let committed: { index: number; membership: Membership } | null = null;
  for (const machine of machines) {
    for (const record of logOf(machine).all) {
      if (record.kind !== RecordKind.Membership) continue;
      const membership = JSON.parse(record.text) as Membership;
      const isCommitted = ledger.committedAt(record.index)?.chain === record.chain;
      if (!isCommitted) found.set(record.chain, membership);
      else if (committed === null || record.index > committed.index) committed = { index: record.index, membership };
    }
  }
  for (const { local } of machines) {
    const known = local === null || local.membershipIndex === 0 ? null : local;
    if (known !== null && known.membershipIndex > known.store.durable.index)
      found.set(-found.size - 1, known.membership);
  }
  return [...(committed === null ? [] : [committed.membership]), ...found.values()];
}

/** Does `machines` hold a majority of every membership, with the disks they joined with? */
export function isMajorityEverywhere(
  memberships: readonly Membership[],
  machines: readonly SimulatedNode[],
  isSound: (machine: SimulatedNode) => boolean,
): boolean {
  const sound = machines.filter(isSound);
  return memberships.every(({ members }) => {
    const present = members.filter((member) =>
      sound.some((machine) => machine.name === member.nodeId && incarnationOn(machine) === member.incarnation),
    );
    return present.length * 2 > members.length;
  });
}
