/** A thread that runs one seed after the other, as it is told to. */
import { parentPort } from 'node:worker_threads';
import type { Order, Word } from './simulation-worker.js';
import { outcomeOf } from './task.js';

const STACK_LINES = 20;

const say = (word: Word): void => parentPort?.postMessage(word);

parentPort?.on('message', ({ task, isWatched }: Order) => {
  // Refusals are errors, and many. Without stacks a run is faster. A watched run keeps them.
  Error.stackTraceLimit = isWatched ? STACK_LINES : 0;
  const watch = isWatched ? (line: string): void => say({ line }) : undefined;
  void outcomeOf(task, watch).then((outcome) => say({ outcome }));
});
