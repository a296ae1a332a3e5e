/**
 * Clock and random numbers as ports. Production passes those of the machine. The simulation passes virtual ones, so the
 * same seed gives the same run.
 */

/** A call that `Clock.after` has planned. */
export interface Timer {
  /** Prevents the call; does nothing if it was made already. */
  cancel(): void;
}

/** The time, and waiting for it. */
export interface Clock {
  /** Whole milliseconds since the Unix epoch. It may jump: use it for timestamps and never to measure. */
  wallMs(): number;
  /** Milliseconds since a fixed moment, with fractions. It never goes back: use it for waits and timeouts. */
  nowMs(): number;
  /** Calls `run` once, after `ms` milliseconds. */
  after(ms: number, run: () => void): Timer;
  /** Calls `run` once at the end of this turn of the event loop, after everything that arrives in it. */
  soon(run: () => void): void;
  /** Resolves after `ms` milliseconds, or as soon as `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Random numbers and ids. */
export interface Random {
  /** A number from [0, 1), uniformly distributed. */
  next(): number;
  /** A new, globally unique id in the form of a UUID. */
  uuid(): string;
}
