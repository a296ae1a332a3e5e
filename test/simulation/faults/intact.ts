/**
 * May this machine lose its data now? Each loss makes a member's incarnation void until it has joined anew; if a
 * majority's are, the cluster waits for ever, as it should, and the run shows nothing more. So one after the other.
 */
import { RecordKind } from '@replog/contracts/record.js';
import type { Membership } from '@replog/contracts/payloads.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';
import type { FaultScene } from './fault.js';

export function isIntact({ cluster }: FaultScene, machine: SimulatedNode): boolean {
  const { machines, ledger } = cluster;
  const records = machines.map((other) =>
    cluster.logOf(other).all.findLast(({ kind }) => kind === RecordKind.Membership),
  );
  const newest = records.find((record) => record !== undefined);
  if (newest === undefined || newest.index > ledger.committedIndex) return false;
  if (records.some((record) => record?.chain !== newest.chain)) return false;
  const { members } = JSON.parse(newest.text) as Membership;
  const areAllWhole = members.every(({ nodeId, incarnation }) => {
    const member = cluster.machine(nodeId);
    return member.local?.incarnation === incarnation && !cluster.isDamaged(member);
  });
  return areAllWhole && members.length >= 3 && machines.every(({ isUp }) => isUp) && machine.local !== null;
}
