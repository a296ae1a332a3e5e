/**
 * A majority is lost with the records only it had, and the operator forces a promotion. Some runs end with this. All
 * nodes agree first. Then a majority goes on by itself and is lost: it loses power as a whole, or all of it hangs and
 * comes back as it was, the old master still in its term. Only records that no remaining node had may be lost, and they
 * come back as orphans with the returning nodes. In some runs the master is among those left: it is promoted by force in
 * office.
 */
import { RecordKind } from '@replog/contracts/record.js';
import type { Random } from '@replog/contracts/ports.js';
import { BrokenRule } from '../../checkers/records/broken-rule.js';
import type { SimulatedCluster } from '../cluster/simulated-cluster.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';
import type { Trace } from '../engine/trace.js';
import { isolate } from '../faults/isolation.js';
import { promoteAsForecast } from '../operator/forecasted.js';
import { promote } from '../operator/promote.js';
import type { Promoted } from '../operator/promote.js';

const WITHIN_MS = 60_000;
const ATTEMPTS = 10;
const RETRY_MS = 2_000;
const WRITES = 8;
const WIPED_CHANCE = 0.2;
/** The majority also changes its master first: an epoch that the others never hear of. */
const UNHEARD_EPOCH_CHANCE = 0.5;
const IN_TURN_CHANCE = 0.5;
const FROZEN_CHANCE = 0.5;
const MASTER_LEFT_CHANCE = 0.25;

export interface DisasterScene {
  readonly cluster: SimulatedCluster;
  readonly trace: Trace;
  readonly random: Random;
  /** Writes once with a majority. Answers whether it was satisfied. */
  readonly probe: (machine: SimulatedNode) => Promise<boolean>;
  readonly runUntil: (ms: number, holds: () => boolean) => Promise<boolean>;
  /** From time to time the operator starts what is down and promotes where no master is. */
  readonly operate: () => void;
}

export class Disaster {
  constructor(private readonly scene: DisasterScene) {}

  /** Called when all logs agree. Ends with all nodes as members again. */
  async happen(): Promise<void> {
    const { cluster, random, runUntil, operate } = this.scene;
    // A node that repaired its log is another incarnation. It must be a member again before it can campaign.
    const areMembers = await runUntil(WITHIN_MS, () => {
      // A node told to stop earlier may have stopped only now, and may have been the master.
      operate();
      return cluster.mastersInTerm.length === 1 && areAllMembers(cluster);
    });
    if (!areMembers) throw new BrokenRule('force', 'all is healed, and not everybody is a member');
    const [master] = cluster.mastersInTerm;
    if (master === undefined) return;
    const { lost, left, chosen } = this.draw(master);
    // An earlier promotion may end only now.
    const isMaster = !(await this.mustRefuse(chosen, true, 'FORCE_NOT_NEEDED'));
    if (isMaster !== (chosen === master)) return;
    if (!isMaster) await this.goOnAlone(master, lost, left);
    const areFrozen = random.next() < FROZEN_CHANCE;
    if (areFrozen) this.freeze(lost);
    else this.lose(lost);
    cluster.network.heal();
    if (!isMaster) await this.mustRefuse(chosen, false, 'NO_MAJORITY');
    await this.force(chosen, lost, left);
    const successor = await this.mustWrite(chosen, left);
    const isMasterFirst = random.next() < 0.5;
    for (const machine of isMasterFirst ? lost : lost.toReversed()) await this.bringBack(machine, successor);
    cluster.count('disasters survived by force');
    if (areFrozen) cluster.count('disasters survived by force: the lost came back as they were');
    if (isMaster) cluster.count('disasters survived by force: at the master in office');
  }

  /** Who is lost, who is left, and which of these is promoted. Without the lost there is no majority. */
  private draw(master: SimulatedNode): { lost: SimulatedNode[]; left: SimulatedNode[]; chosen: SimulatedNode } {
    const { cluster, random } = this.scene;
    const others = cluster.machines.filter((machine) => machine !== master);
    const isMasterLeft = random.next() < MASTER_LEFT_CHANCE;
    const least = Math.floor(cluster.machines.length / 2) + (isMasterLeft ? 1 : 0);
    const most = others.length + (isMasterLeft ? 1 : 0);
    const count = least + Math.floor(random.next() * (most - least));
    const drawn = others.sort(() => random.next() - 0.5).slice(0, count);
    const lost = isMasterLeft ? drawn : [master, ...drawn];
    const left = cluster.machines.filter((machine) => !lost.includes(machine));
    const chosen = left[Math.floor(random.next() * left.length)] as SimulatedNode;
    return { lost, left, chosen: isMasterLeft ? master : chosen };
  }

  /** Answers false if the machine is master already. */
  private async mustRefuse(machine: SimulatedNode, force: boolean, code: string): Promise<boolean> {
    let refused: Promoted = { kind: 'refused', code: 'CHANGE_IN_PROGRESS' };
    for (let attempt = 0; attempt < ATTEMPTS && isUnderWay(refused); attempt++) {
      refused = await this.done(promote(this.scene.cluster, machine, { dryRun: false, force }));
      if (isUnderWay(refused)) await this.scene.runUntil(RETRY_MS, () => false);
    }
    if (refused.kind === 'refused' && refused.code === code) return true;
    if (refused.kind !== 'refused' && refused.view.outcome === 'already-master') return false;
    const outcome = refused.kind === 'refused' ? refused.code : refused.view.outcome;
    throw new BrokenRule('force', `${machine.name} had to be refused with ${code}, and came to ${outcome}`);
  }

  /** Only the majority has what is written now. */
  private async goOnAlone(
    master: SimulatedNode,
    lost: readonly SimulatedNode[],
    left: readonly SimulatedNode[],
  ): Promise<void> {
    const { cluster, random, trace, probe } = this.scene;
    trace.add('phase', `${lost.map(({ name }) => name).join(' ')} go on by themselves and are lost`);
    const areLeftInTurn = random.next() < IN_TURN_CHANCE;
    for (const other of left) {
      isolate(this.scene, other);
      // The nodes left later have more, so a winner among them needs what the others have.
      if (areLeftInTurn) await this.done(probe(master));
    }
    for (const one of left) {
      for (const other of left) cluster.network.open(one.name, other.name);
    }
    if (random.next() < UNHEARD_EPOCH_CHANCE) {
      cluster.end(master, 'kill');
      cluster.start(master, 'master');
      await this.scene.runUntil(WITHIN_MS, () => master.holdsTerm);
    }
    const writes = Math.floor(random.next() * WRITES);
    for (let write = 0; write < writes; write++) await this.done(probe(master));
    await this.scene.runUntil(WITHIN_MS, () => master.local?.committed === master.local?.store.last.index);
  }

  private lose(lost: readonly SimulatedNode[]): void {
    const { cluster, random } = this.scene;
    for (const machine of lost) cluster.end(machine, random.next() < WIPED_CHANCE ? 'wipe' : 'power');
  }

  /** They hang as they are, and nothing that only they know of is under way. */
  private freeze(lost: readonly SimulatedNode[]): void {
    for (const { process } of lost) process?.freeze();
  }

  private async force(
    chosen: SimulatedNode,
    lost: readonly SimulatedNode[],
    left: readonly SimulatedNode[],
  ): Promise<void> {
    const { cluster, trace } = this.scene;
    trace.add('phase', `${chosen.name} is promoted by force`);
    cluster.forcing = { left, chosen };
    let promoted: Promoted = { kind: 'refused', code: 'not tried' };
    for (let attempt = 0; attempt < ATTEMPTS && promoted.kind === 'refused'; attempt++) {
      promoted = await this.done(promoteAsForecast(cluster, chosen, true));
    }
    cluster.forcing = null;
    if (promoted.kind === 'refused') throw new BrokenRule('force', `${chosen.name} was refused: ${promoted.code}`);
    const { forced, mayBeLost, unreachable, epoch } = promoted.view;
    const names = lost.map(({ name }) => name).sort();
    const absent = unreachable.map(({ nodeId }) => nodeId).sort();
    const start = cluster.logOf(chosen).all.find((one) => one.kind === RecordKind.EpochStart && one.epoch === epoch);
    const { forcedWithout = [] } = JSON.parse(start?.text ?? '{}') as { forcedWithout?: string[] };
    const isSaid = forced && names.every((name) => mayBeLost?.includes(name) === true);
    const said = [absent, [...forcedWithout].sort()].map((all) => all.join(' '));
    if (isSaid && said.every((all) => all === names.join(' '))) return;
    const sentence = `${chosen.name} was promoted without ${names.join(' ')}, its answer named ${said[0]}, its log ${said[1]}`;
    throw new BrokenRule('force', sentence);
  }

  /** Answers the new master: `chosen`, or another remaining node whose promotion began before the disaster. */
  private async mustWrite(chosen: SimulatedNode, left: readonly SimulatedNode[]): Promise<SimulatedNode> {
    const { cluster, probe } = this.scene;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const master = cluster.mastersInTerm.find((machine) => left.includes(machine)) ?? chosen;
      if (await this.done(probe(master))) return master;
    }
    throw new BrokenRule('force', `${chosen.name} was promoted by force, and there is no majority write`);
  }

  /** One after the other: together the removed nodes would be the old majority again. */
  private async bringBack(machine: SimulatedNode, master: SimulatedNode): Promise<void> {
    const { cluster, runUntil } = this.scene;
    cluster.masterUrl = master.url;
    if (machine.process === null) cluster.start(machine, 'secondary');
    else machine.process.thaw();
    const isIn = await runUntil(WITHIN_MS, () => {
      const members = cluster.mastersInTerm[0]?.local?.membership.members ?? [];
      return members.some(
        ({ nodeId, incarnation }) => nodeId === machine.name && incarnation === machine.local?.incarnation,
      );
    });
    if (!isIn) throw new BrokenRule('force', `${machine.name} came back after the disaster and was not let in again`);
  }

  private async done<Answer>(work: Promise<Answer>): Promise<Answer> {
    let isDone = false;
    void work.finally(() => (isDone = true)).catch(() => undefined);
    if (await this.scene.runUntil(WITHIN_MS, () => isDone)) return work;
    throw new BrokenRule('force', 'an operator waits for an answer that does not come');
  }
}

/** An earlier promotion of the node is still under way, or the node is starting. */
function isUnderWay(promoted: Promoted): boolean {
  return (
    promoted.kind === 'refused' &&
    (promoted.code === 'CHANGE_IN_PROGRESS' || promoted.code.startsWith('Error: no role'))
  );
}

function areAllMembers({ machines, mastersInTerm }: SimulatedCluster): boolean {
  const master = mastersInTerm[0]?.local ?? null;
  const members = master?.membership.members ?? [];
  const isMember = ({ name, local }: SimulatedNode): boolean =>
    members.some(({ nodeId, incarnation }) => nodeId === name && incarnation === local?.incarnation);
  const knows = ({ local, door, isStopping }: SimulatedNode): boolean =>
    door !== null && !isStopping && local?.membershipIndex === master?.membershipIndex;
  return machines.every((machine) => isMember(machine) && knows(machine));
}
