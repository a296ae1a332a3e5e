/**
 * A thread for runs, so that runs share the cores and can be ended at any moment. An unhandled rejection in a run ends
 * only its thread, and counts as the outcome of that run.
 */
import { Worker } from 'node:worker_threads';
import { crashed } from './task.js';
import type { Outcome, Task } from './task.js';

export interface Order {
  readonly task: Task;
  readonly isWatched: boolean;
}

export type Word = { readonly line: string } | { readonly outcome: Outcome };

/**
 * A process that dies in a run leaves promises that never settle, and Node.js keeps some of them for good (combined
 * signals with listeners). They end with the thread.
 */
const RUNS_A_THREAD = 200;

export class SimulationWorker {
  private thread: Worker | null = null;
  private runs = 0;

  constructor(private readonly script: URL) {}

  /** One run at a time. `watch` is given every line of its trace. */
  async run(task: Task, watch?: (line: string) => void): Promise<Outcome> {
    if (this.runs++ % RUNS_A_THREAD === 0) await this.stop();
    const thread = (this.thread ??= new Worker(this.script));
    return new Promise((resolve) => {
      const settle = (outcome: Outcome): void => {
        thread.off('message', heard).off('error', failed);
        resolve(outcome);
      };
      const heard = (word: Word): void => ('line' in word ? watch?.(word.line) : settle(word.outcome));
      const failed = (error: unknown): void => {
        this.thread = null;
        settle(crashed(task.seed, error));
      };
      thread.on('message', heard).on('error', failed);
      thread.postMessage({ task, isWatched: watch !== undefined } satisfies Order);
    });
  }

  async stop(): Promise<void> {
    await this.thread?.terminate();
    this.thread = null;
  }
}
