/**
 * The one queue of everything that happens in a run, ordered by virtual time and then by creation. An event runs only
 * after all promises of the one before have settled. A turn of the real event loop in between is enough, because
 * nothing in a run waits for anything real.
 */
import type { Timer } from '@replog/contracts/ports.js';

interface Entry {
  readonly dueMs: number;
  readonly order: number;
  run: (() => void) | null;
}

export class Scheduler {
  private readonly heap: Entry[] = [];
  private elapsedMs = 0;
  private made = 0;
  /** Events run so far. */
  steps = 0;

  get nowMs(): number {
    return this.elapsedMs;
  }

  after(ms: number, run: () => void): Timer {
    const entry: Entry = { dueMs: this.elapsedMs + Math.max(0, ms), order: this.made++, run };
    this.push(entry);
    return { cancel: () => (entry.run = null) };
  }

  /** Runs the next event and lets its promises settle. Answers false if the queue is empty. */
  async step(): Promise<boolean> {
    let next = this.pop();
    while (next !== undefined && next.run === null) next = this.pop();
    if (next === undefined) return false;
    this.elapsedMs = next.dueMs;
    this.steps += 1;
    next.run?.();
    await new Promise((resolve) => setImmediate(resolve));
    return true;
  }

  private push(entry: Entry): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (isBefore(heap[parent] as Entry, entry)) break;
      heap[at] = heap[parent] as Entry;
      at = parent;
    }
    heap[at] = entry;
  }

  private pop(): Entry | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child += 1;
      if (isBefore(last, heap[child] as Entry)) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.order < other.order);
}
