/** A thread that runs one seed after the other, as it is told to. */
import { parentPort } from 'node:worker_threads';
import type { Order, Word } from './simulation-worker.js';
import { outcomeOf } from './task.js';

const say = (word: Word): void => parentPort?.postMessage(word);

parentPort?.on('message', ({ task, isWatched }: Order) => {
  const watch = isWatched ? (line: string): void => say({ line }) : undefined;
  void outcomeOf(task, watch).then((outcome) => say({ outcome }));
});
