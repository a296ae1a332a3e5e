/** A clock that moves only when it is told to. Timers run in order of their time, then of their creation. */
import type { Clock, Timer } from '@replog/contracts/ports.js';

import { sleepOn } from '../clock/system-clock.js';

interface Entry {
  readonly dueMs: number;
  readonly run: () => void;
}

export class VirtualClock implements Clock {
  private elapsedMs = 0;
  /** Sorted by `dueMs`; equal times in the order of their creation. */
  private readonly entries: Entry[] = [];

  constructor(private readonly startWallMs = Date.UTC(2026, 0, 1)) {}

  wallMs(): number {
    return Math.floor(this.startWallMs + this.elapsedMs);
  }

  nowMs(): number {
    return this.elapsedMs;
  }

  after(ms: number, run: () => void): Timer {
    const entry: Entry = { dueMs: this.elapsedMs + Math.max(0, ms), run };
    const at = this.entries.findIndex((other) => other.dueMs > entry.dueMs);
    this.entries.splice(at === -1 ? this.entries.length : at, 0, entry);
    return { cancel: () => this.remove(entry) };
  }

  soon(run: () => void): void {
    this.after(0, run);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  /** Number of waiting timers. */
  get pending(): number {
    return this.entries.length;
  }

  /** When the next timer is due, in milliseconds from now; `null` if there is none. */
  get nextInMs(): number | null {
    const first = this.entries[0];
    return first ? first.dueMs - this.elapsedMs : null;
  }

  /**
   * Advances the time and runs due timers, also those created meanwhile. Promise callbacks run only when the caller
   * awaits.
   */
  advance(ms: number): void {
    const untilMs = this.elapsedMs + ms;
    for (let first = this.entries[0]; first && first.dueMs <= untilMs; first = this.entries[0]) {
      this.entries.shift();
      this.elapsedMs = first.dueMs;
      first.run();
    }
    this.elapsedMs = untilMs;
  }

  /** The same, and lets promise callbacks run after each timer. */
  async run(ms: number): Promise<void> {
    const untilMs = this.elapsedMs + ms;
    await settle();
    for (let next = this.nextInMs; next !== null && this.elapsedMs + next <= untilMs; next = this.nextInMs) {
      this.advance(next);
      await settle();
    }
    this.advance(untilMs - this.elapsedMs);
    await settle();
  }

  private remove(entry: Entry): void {
    const at = this.entries.indexOf(entry);
    if (at !== -1) this.entries.splice(at, 1);
  }
}

/** One turn of the event loop: every promise callback that can run has run. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
