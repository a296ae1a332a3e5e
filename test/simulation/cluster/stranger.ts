/**
 * A node of this cluster that is no member, such as one that was removed. It claims epochs that nobody won. A master may not
 * step down for that without asking its members.
 */
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import { isMajority } from '@replog/core/quorum/majority.js';
import type { RoleValue } from '@replog/core/role/role-state.js';
import { BrokenRule } from '../../checkers/records/broken-rule.js';
import type { Network } from '../engine/network.js';
import type { Process } from '../engine/process.js';
import type { SimulatedNode } from './simulated-node.js';
import { incarnationOn } from './state-on-disk.js';

export const STRANGER = { nodeId: 'stranger', url: 'http://stranger:8000' };

/** A question fails within this time only where nothing is there to answer it. */
const ASKS_FOR_AT_LEAST_MS = 50;

interface Claim {
  readonly atMs: number;
  /** The processes of a majority that can answer; empty where there is none. */
  readonly majority: readonly Process[];
}

interface Watched {
  readonly network: Network;
  readonly machines: readonly SimulatedNode[];
  /** Runs a check and keeps the first broken rule. */
  guard(check: () => void): void;
}

export class StrangerWatch {
  private readonly claims = new Map<SimulatedNode, Claim>();

  constructor(
    private readonly cluster: Watched,
    private readonly nowMs: () => number,
  ) {}

  /** The stranger is about to claim an epoch at this master. */
  willClaimAt(machine: SimulatedNode): void {
    this.claims.set(machine, { atMs: this.nowMs(), majority: this.majorityFor(machine) });
  }

  /** From now on, `machine` may not step down for the stranger. */
  watch(machine: SimulatedNode, { roles }: LocalNode): void {
    const give = roles.give.bind(roles);
    roles.give = (event) => {
      give(event);
      this.cluster.guard(() => this.check(machine, roles.value));
    };
  }

  private check(machine: SimulatedNode, { state }: RoleValue): void {
    if (state.kind !== 'steppingDown' || state.reason.kind !== 'deposed') return;
    const claim = this.claims.get(machine);
    if (state.reason.from !== STRANGER.nodeId || claim === undefined) return;
    this.claims.delete(machine);
    const still = this.majorityFor(machine);
    const isMajorityThere = claim.majority.length > 0 && claim.majority.every((process) => still.includes(process));
    if (!isMajorityThere || this.nowMs() - claim.atMs >= ASKS_FOR_AT_LEAST_MS) return;
    const sentence = `${machine.name} gave up epoch ${state.epoch} for epoch ${state.reason.epoch} of a node that is no member`;
    throw new BrokenRule('stranger', `${sentence}, and a majority of its members could have been asked`);
  }

  private majorityFor(machine: SimulatedNode): readonly Process[] {
    const { network, machines } = this.cluster;
    const { members } = machine.local?.membership ?? { members: [] };
    if (network.lossChance > 0) return [];
    const present = machines.filter((other) => {
      const isMember = members.some(
        ({ nodeId, incarnation }) => nodeId === other.name && incarnation === incarnationOn(other),
      );
      const isOpen = network.isOpen(machine.name, other.name) && network.isOpen(other.name, machine.name);
      return (
        isMember && isOpen && other.door !== null && other.door.closing === null && other.process?.isFrozen === false
      );
    });
    const processes = present.flatMap(({ process }) => process ?? []);
    return isMajority(processes.length, members.length) ? processes : [];
  }
}
