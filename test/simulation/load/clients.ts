/** What all clients of a run share: how they reach nodes, and where the master was last. */
import { ReplogError } from '@replog/contracts';
import type { Random } from '@replog/contracts';
import type { Caller } from '../cluster/calls.js';
import type { Door } from '../cluster/directory.js';
import type { SimulatedCluster } from '../cluster/simulated-cluster.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';
import type { Scheduler } from '../engine/scheduler.js';
import type { Trace } from '../engine/trace.js';
import { ReceiptBook } from './receipt-book.js';
import { Story } from './story.js';

export class Clients {
  private masterHint: SimulatedNode | null = null;
  private readonly caller: Caller;
  /** Messages sent so far: each is another one. */
  private messages = 0;
  isOver = false;
  readonly story = new Story();
  readonly book: ReceiptBook;

  constructor(
    readonly cluster: SimulatedCluster,
    readonly scheduler: Scheduler,
    readonly trace: Trace,
    readonly random: Random,
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
    this.messages += 1;
    return JSON.stringify({ from: writer, number: this.messages });
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.scheduler.after(ms, resolve));
  }

  anyMachine(): SimulatedNode {
    const { machines } = this.cluster;
    return machines[Math.floor(this.random.next() * machines.length)] as SimulatedNode;
  }

  /** Asks where the master was last, or anybody. Goes on to where a node says that the master is. */
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
    return this.cluster.calls.call(this.caller, target, timeoutMs, ask);
  }
}
