/**
 * Time and chance, as everything that decides or acts receives them. Production hands in the machine's clock and
 * generator; the simulation hands in virtual ones, and then the same seed gives the same run.
 */

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since the Unix epoch, whole. May jump; goes into records and is never used to measure. */
  wallMs(): number;
  /** Milliseconds since some fixed moment, with fractions. Never goes back; what waits and timeouts use. */
  nowMs(): number;
  /** Calls `run` once after `ms`. */
  after(ms: number, run: () => void): Timer;
  /** Calls `run` once, after everything that arrives in this turn, without waiting for anything else. */
  soon(run: () => void): void;
  /** Resolves after `ms`, or as soon as `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A fresh, globally unique id (UUID form). */
  uuid(): string;
}
