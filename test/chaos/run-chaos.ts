/** One run: starts the cluster, the load and the faults, heals everything, and judges. */
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import type { Violation } from '../checkers/history.js';
import { unlessAborted } from '../support/interruption.js';
import { whyNoFreezableDisk } from '../support/freezable-disk.js';
import { whyNoSmallDisk } from '../support/small-disk.js';
import { ChaosCluster } from './cluster/chaos-cluster.js';
import type { ChaosNode } from './cluster/chaos-node.js';
import { MasterWatch } from './cluster/master-watch.js';
import { Operator } from './cluster/operator.js';
import { Lanes } from './faults/perform.js';
import type { Tally } from './faults/perform.js';
import type { Change, Scene } from './faults/scene.js';
import { lasting } from './faults/scene.js';
import { drawSchedule } from './faults/schedule.js';
import type { FaultKind } from './faults/schedule.js';
import { agree, allMembers, endFaults } from './heal.js';
import { appendOrphansAgain } from './judging/append-orphans-again.js';
import { judge, judgeRepaired } from './judging/judge.js';
import { orphansOf } from './judging/orphans-of.js';
import { gapsOf, pausesOf } from './judging/pauses.js';
import type { Pauses } from './judging/pauses.js';
import { ChaosWriters } from './load/chaos-writers.js';
import { Ledger } from './load/ledger.js';
import { Readers } from './load/readers.js';
import { Tails } from './load/tails.js';
import { reportOf } from './report.js';
import type { ChaosPlan, ChaosResult } from './result.js';

/** Between two writes of a writer: the log of a long run has to fit on a small disk. */
const THINK_MS = 15;
const RESTART_MS = 500;

export async function runChaos(plan: ChaosPlan): Promise<ChaosResult> {
  const run = await ChaosRun.prepare(plan);
  const { cluster } = run;
  try {
    // After an abort the run's own steps are not waited for: none of them can start a node again.
    return await unlessAborted(plan.signal, () => run.run());
  } finally {
    await cluster.halt();
    if (run.isBad) cluster.keep();
    else cluster.remove();
  }
}

class ChaosRun {
  isBad = false;
  private readonly startedMs = performance.now();
  private readonly trace: string[] = [];
  private readonly ledger = new Ledger();
  private readonly tallies = new Map<FaultKind, Tally>();
  private readonly scene: Scene;
  private readonly masters: MasterWatch;

  private constructor(
    private readonly plan: ChaosPlan,
    readonly cluster: ChaosCluster,
    private readonly whyNoDisk: string | null,
    deaths: DeathBook,
  ) {
    const note = (sentence: string): void => this.note(sentence);
    const operator = new Operator(cluster);
    this.masters = new MasterWatch(operator, note);
    this.scene = { cluster, operator, underWay: 0, changes: [], savedOrphans: [], savedTails: [], note };
    deaths.tell = (node, how) => this.died(node, how);
  }

  static async prepare(plan: ChaosPlan): Promise<ChaosRun> {
    const whyNoDisk = whyNoSmallDisk();
    const diskMiB = whyNoDisk === null ? Math.ceil(24 + (plan.faultMs / 60_000) * 12) : null;
    // Large enough never to be full.
    const freezable = whyNoFreezableDisk() ?? Math.ceil(64 + (plan.faultMs / 60_000) * 48);
    const deaths: DeathBook = { tell: () => undefined };
    const { nodes, partitions } = plan;
    const onDeath = (node: ChaosNode, how: string): void => deaths.tell(node, how);
    const cluster = await ChaosCluster.prepare({ nodes, partitions, diskMiB, freezable }, onDeath);
    return new ChaosRun(plan, cluster, whyNoDisk, deaths);
  }

  async run(): Promise<ChaosResult> {
    const { scene, cluster, ledger, plan } = this;
    for (const node of cluster.nodes) node.start();
    this.masters.start();
    const writers = new ChaosWriters(cluster, ledger, plan.seed, THINK_MS);
    const readers = new Readers(cluster, ledger);
    const tails = new Tails(cluster, ledger);
    let violations: readonly Violation[];
    let orphaned = 0;
    let reappended = 0;
    try {
      await allMembers(scene);
      writers.start(plan.writers);
      readers.start();
      tails.start();
      await this.letLoose();
      plan.signal?.throwIfAborted();
      endFaults(scene);
      await allMembers(scene);
      await writers.stop();
      await allMembers(scene);
      const logs = await agree(scene);
      const orphans = [...scene.savedOrphans, ...(await Promise.all(cluster.nodes.map(orphansOf)))];
      orphaned = orphans.reduce((sum, { messages }) => sum + messages.length, 0);
      // At once: later there is more in the log than these have.
      const found = judge({ ledger, logs, orphans: [...orphans, ...scene.savedTails] });
      const again = await appendOrphansAgain(scene);
      reappended = again.appended;
      const repaired = await agree(scene);
      await Promise.all([readers.stop(), tails.stop()]);
      violations = [...ledger.violations, ...found, ...again.violations, ...judgeRepaired(ledger, repaired)];
    } catch (error) {
      plan.signal?.throwIfAborted();
      const sentence = error instanceof Error ? error.message : String(error);
      this.note(`failed: ${sentence}`);
      violations = [...ledger.violations, { kind: 'behind', nodeId: 'cluster', seq: 0, sentence }];
    } finally {
      writers.abandon();
      await Promise.all([readers.stop(), tails.stop(), this.masters.stop()]);
    }
    this.isBad = violations.length > 0;
    return this.result(violations, { orphaned, reappended, tailsResumed: tails.resumed });
  }

  private async letLoose(): Promise<void> {
    const { plan, scene, ledger, tallies } = this;
    const signal = plan.signal ?? new AbortController().signal;
    const lanes = new Lanes({
      scene,
      totalMs: plan.faultMs,
      signal,
      tallies,
      acknowledged: () => ledger.acknowledgedMs.length,
    });
    const { weather, operations } = drawSchedule(plan);
    const ends = await Promise.allSettled([lanes.perform(weather), lanes.perform(operations)]);
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  private result(violations: readonly Violation[], counts: Counts): ChaosResult {
    const { ledger, plan } = this;
    const result = {
      plan,
      seconds: (performance.now() - this.startedMs) / 1000,
      violations,
      writes: ledger.writes,
      statuses: ledger.statuses,
      reads: ledger.reads,
      tallies: this.tallies,
      skipped: [
        ...(this.whyNoDisk === null ? [] : [`a full disk, as ${this.whyNoDisk}`]),
        ...(this.cluster.whyNoFreezing === null ? [] : [`a disk that hangs, as ${this.cluster.whyNoFreezing}`]),
      ],
      ...counts,
      masters: gapsOf(this.masters.seen, ledger.acknowledgedMs),
      pauses: { transfer: this.pauses('transfer'), failover: this.pauses('failover') },
      trace: this.trace,
      kept: this.isBad ? this.cluster.root : null,
    };
    if (this.isBad) writeFileSync(join(this.cluster.root, 'report.md'), reportOf(result));
    return result;
  }

  private pauses(kind: Change['kind']): { clean: Pauses; all: Pauses } {
    const all = this.scene.changes.filter((change) => change.kind === kind);
    const clean = all.filter(({ isClean }) => isClean);
    const { acknowledgedMs } = this.ledger;
    return { clean: pausesOf(clean, acknowledgedMs), all: pausesOf(all, acknowledgedMs) };
  }

  /** A process that ends without being told to has a fault; its supervisor starts it again. */
  private died(node: ChaosNode, how: string): void {
    this.note(`${node.nodeId} died: ${how}`);
    this.ledger.violate('died', node.nodeId, 0, `ended by itself (${how})`);
    void lasting(RESTART_MS).then(() => {
      if (node.condition === 'down' && !node.isClaimed && this.plan.signal?.aborted !== true) node.start();
    });
  }

  private note(sentence: string): void {
    const line = `${((performance.now() - this.startedMs) / 1000).toFixed(2).padStart(8)} s  ${sentence}`;
    this.trace.push(line);
    this.plan.watch?.(line);
  }
}

type Counts = Pick<ChaosResult, 'orphaned' | 'reappended' | 'tailsResumed'>;

interface DeathBook {
  tell: (node: ChaosNode, how: string) => void;
}
