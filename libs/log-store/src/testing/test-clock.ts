import type { Clock, Timer } from '@replog/contracts/ports.js';

/** A clock that moves only when a test says so, for code that only reads the time. */
export class TestClock implements Clock {
  private now = 0;

  constructor(private readonly startMs = 1_700_000_000_000) {}

  wallMs(): number {
    return this.startMs + this.now;
  }

  nowMs(): number {
    return this.now;
  }

  advance(ms: number): void {
    this.now += ms;
  }

  after(_ms: number, run: () => void): Timer {
    let isCancelled = false;
    queueMicrotask(() => {
      if (!isCancelled) run();
    });
    return {
      cancel: () => {
        isCancelled = true;
      },
    };
  }

  soon(run: () => void): void {
    queueMicrotask(run);
  }

  sleep(): Promise<void> {
    return Promise.resolve();
  }
}
