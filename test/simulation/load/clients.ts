/** What all clients of a run share: how they reach nodes, and where the master was last. */
import { ReplogError } from '@replog/contracts/errors.js';
import type { Random } from '@replog/contracts/ports.js';
import { NoAnswerError } from '../cluster/calls.js';
import type { Caller } from '../cluster/calls.js';
import type { Door } from '../cluster/directory.js';
import type { SimulatedCluster } from '../cluster/simulated-cluster.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';
import type { Scheduler } from '../engine/scheduler.js';
import type { Trace } from '../engine/trace.js';
import { ReceiptBook } from './receipt-book.js';
import { Story } from './story.js';

/** Refusals that a run counts. */
const COUNTED: ReadonlySet<string> = new Set(['OVERLOADED', 'BATCH_TOO_LARGE', 'NO_QUORUM', 'STORAGE_FULL']);

export class Clients {
  private masterHint: SimulatedNode | null = null;
  private readonly caller: Caller;
  isOver = false;
  readonly book: ReceiptBook;

  constructor(
    readonly cluster: SimulatedCluster,
    readonly scheduler: Scheduler,
    readonly trace: Trace,
    readonly random: Random,
    readonly story = new Story(),
  ) {
    this.book = new ReceiptBook(cluster);
    this.caller = {
      name: 'clients',
      mayRepeat: false,
      run: (step) => step(),
      after: (ms, run) => scheduler.after(ms, run),
    };
  }

  nextText(writer: string): string {
    return JSON.stringify({ from: writer, number: this.story.nextMessage() });
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.scheduler.after(ms, resolve));
  }

  /** One request was refused. */
  refused(code: string): void {
    if (COUNTED.has(code)) this.cluster.count(`requests refused as ${code}`);
  }

  /** A writer was told that these messages are in no log. */
  rejected(texts: readonly string[]): void {
    const { cluster } = this;
    cluster.count('writes rejected');
    for (const text of texts) cluster.guard(() => cluster.ledger.wasRejected(text));
  }

  anyMachine(): SimulatedNode {
    const { machines } = this.cluster;
    return machines[Math.floor(this.random.next() * machines.length)] as SimulatedNode;
  }

  /** Asks the last known master, or any node, and follows its redirect to the master. */
  async askMaster<Answer>(timeoutMs: number, ask: (door: Door) => Promise<Answer>): Promise<Answer> {
    const target = this.masterHint ?? this.anyMachine();
    this.masterHint = null;
    try {
      const answer = await this.ask(target, timeoutMs, ask);
      this.masterHint = target;
      return answer;
    } catch (error) {
      if (error instanceof ReplogError && error.code === 'NOT_MASTER') {
        const url = error.details.location;
        this.masterHint = this.cluster.machines.find((machine) => machine.url === url) ?? null;
      }
      throw error;
    }
  }

  ask<Answer>(target: SimulatedNode, timeoutMs: number, ask: (door: Door) => Promise<Answer>): Promise<Answer> {
    return this.cluster.calls.call(this.caller, target, timeoutMs, (door) => {
      if (this.cluster.isStray(target)) throw new NoAnswerError('no client is led to a node of a second cluster');
      return ask(door);
    });
  }
}
