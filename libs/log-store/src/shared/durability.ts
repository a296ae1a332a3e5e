/**
 * How far the log is durable, and who waits for it. The position only grows until the log is cut. It ends once, with a
 * failure or when the log closes; then every waiter is rejected.
 */
import type { LogPosition } from '@replog/contracts/record.js';

interface Waiter {
  readonly index: number;
  resolve(): void;
  reject(error: Error): void;
}

export class Durability {
  /** In the order of their indexes: a sync resolves them from the front. */
  private waiters: Waiter[] = [];
  private readonly durableListeners = new Set<(durable: LogPosition) => void>();
  private readonly failureListeners = new Set<(error: Error) => void>();
  private ended: Error | null = null;
  private failed: Error | null = null;

  constructor(private current: LogPosition) {}

  get position(): LogPosition {
    return this.current;
  }

  /** Why the store takes nothing more; `null` while it takes records. */
  get end(): Error | null {
    return this.ended;
  }

  advance(position: LogPosition): void {
    this.current = position;
    let count = 0;
    while (count < this.waiters.length && (this.waiters[count] as Waiter).index <= position.index) count += 1;
    for (const waiter of this.waiters.splice(0, count)) waiter.resolve();
    for (const listener of this.durableListeners) listener(position);
  }

  /** Sets the position after a cut. */
  reset(position: LogPosition): void {
    this.current = position;
  }

  wait(index: number): Promise<void> {
    if (index <= this.current.index) return Promise.resolve();
    if (this.ended !== null) return Promise.reject(this.ended);
    return new Promise((resolve, reject) => {
      let place = this.waiters.length;
      while (place > 0 && (this.waiters[place - 1] as Waiter).index > index) place -= 1;
      this.waiters.splice(place, 0, { index, resolve, reject });
    });
  }

  onDurable(listener: (durable: LogPosition) => void): () => void {
    this.durableListeners.add(listener);
    return () => this.durableListeners.delete(listener);
  }

  onFailure(listener: (error: Error) => void): () => void {
    const { failed } = this;
    if (failed !== null) queueMicrotask(() => listener(failed));
    else this.failureListeners.add(listener);
    return () => this.failureListeners.delete(listener);
  }

  fail(error: Error): void {
    if (this.failed !== null) return;
    this.failed = error;
    this.finish(error);
    for (const listener of this.failureListeners) listener(error);
    this.failureListeners.clear();
  }

  /** Rejects every waiter with `reason`. */
  finish(reason: Error): void {
    this.ended ??= reason;
    for (const waiter of this.waiters.splice(0)) waiter.reject(reason);
  }
}
