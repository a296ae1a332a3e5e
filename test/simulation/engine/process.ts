/**
 * One process of a node. Everything reaches the node through here: after its end nothing does, and while it is frozen
 * everything waits in order.
 */
import type { Clock, Timer } from '@replog/contracts/ports.js';
import { sleepOn } from '@replog/runtime/clock/system-clock.js';
import type { Scheduler } from './scheduler.js';

const START_WALL_MS = Date.UTC(2026, 0, 1);

/**
 * A promise that never settles: what an ended process waits for. Each call makes a new one, because a shared promise
 * would keep everything that waits for it, and so the whole run, in memory.
 */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}

export class Process {
  private dead = false;
  private frozen = false;
  /** When it last went on after it had been frozen. */
  thawedAtMs = Number.NEGATIVE_INFINITY;
  private readonly backlog: (() => void)[] = [];

  constructor(
    readonly scheduler: Scheduler,
    readonly name: string,
  ) {}

  get isDead(): boolean {
    return this.dead;
  }

  get isFrozen(): boolean {
    return this.frozen;
  }

  end(): void {
    this.dead = true;
    this.backlog.length = 0;
  }

  freeze(): void {
    this.frozen = true;
  }

  thaw(): void {
    if (this.frozen) this.thawedAtMs = this.scheduler.nowMs;
    this.frozen = false;
    this.drain();
  }

  after(ms: number, run: () => void): Timer {
    let isCancelled = false;
    const timer = this.scheduler.after(ms, () => this.run(() => !isCancelled && run()));
    return {
      cancel: () => {
        isCancelled = true;
        timer.cancel();
      },
    };
  }

  /** Runs now, or once the process is thawed. */
  run(step: () => void): void {
    if (this.dead) return;
    if (this.frozen || this.backlog.length > 0) this.backlog.push(step);
    else step();
  }

  wait(ms: number): Promise<void> {
    return this.dead ? never() : new Promise((resolve) => void this.after(ms, resolve));
  }

  /** One after the other, each with its follow-up work, as in normal running. */
  private drain(): void {
    const next = this.backlog[0];
    if (next === undefined) return;
    this.scheduler.after(0, () => {
      if (this.dead || this.frozen) return;
      next();
      this.backlog.shift();
      this.drain();
    });
  }
}

/** A machine's wall clock. It may jump, and outlives the processes. */
export interface WallClock {
  offsetMs: number;
}

export function wallMsOf({ nowMs }: Pick<Scheduler, 'nowMs'>, { offsetMs }: WallClock): number {
  return Math.floor(START_WALL_MS + nowMs + offsetMs);
}

export class ProcessClock implements Clock {
  constructor(
    private readonly process: Process,
    private readonly wall: WallClock,
  ) {}

  wallMs(): number {
    return wallMsOf(this.process.scheduler, this.wall);
  }

  nowMs(): number {
    return this.process.scheduler.nowMs;
  }

  after(ms: number, run: () => void): Timer {
    return this.process.after(ms, run);
  }

  soon(run: () => void): void {
    this.process.after(0, run);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }
}
