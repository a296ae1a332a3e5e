/**
 * A change of master that is under way, as far as this node knows: begun by a transfer, a promise to a candidate, a
 * promotion or the loss of office, and over as soon as the next master is known. Who wants to write meanwhile waits for
 * that instead of being sent away to come back a second later, though not for long.
 */
import type { Clock } from '@replog/contracts/ports.js';

/** From the first sign of the change on. No longer than a role that closes lets answers out. */
export const MASTER_CHANGE_MS = 2_000;

export class MasterChange {
  private current: { readonly over: Promise<void>; readonly ending: AbortController } | null = null;

  /** Resolves when the next master is known or the time is up; `null` where no change is under way. Never rejects. */
  get over(): Promise<void> | null {
    return this.current?.over ?? null;
  }

  /** The first sign counts: a change that is under way gets no more time by another. */
  begin(clock: Pick<Clock, 'sleep'>): void {
    if (this.current !== null) return;
    const ending = new AbortController();
    const over = clock.sleep(MASTER_CHANGE_MS, ending.signal).then(() => {
      if (this.current?.ending === ending) this.current = null;
    });
    this.current = { over, ending };
  }

  end(): void {
    const { current } = this;
    this.current = null;
    current?.ending.abort();
  }
}
