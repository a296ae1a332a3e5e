/**
 * A node says that it does not have the place of a reader. The master decides whether that is so: a secondary that is cut off
 * refuses a place that is newer than all it knows.
 */
import { HistoryChanged } from '../errors/own-errors.js';
import { ReplogError } from '../errors/replog-error.js';
import type { Place } from '../place.js';
import type { Bounds } from '../requests/question.js';
import { sleep } from '../surroundings.js';
import type { Requests } from '../requests/requests.js';
import type { Receipts } from '../writes/receipts.js';
import type { HeldPlaces } from './held-places.js';
import { MOST_PAUSE_MS } from '../limits.js';

export class ChangedHistory {
  constructor(
    private readonly requests: Requests,
    private readonly receipts: Receipts,
  ) {}

  /** Throws HistoryChanged if it has changed; returns if the node is only behind. */
  async confirm(held: HeldPlaces, bounds: Bounds): Promise<void> {
    const lost = await this.askMaster(held.last, bounds);
    if (lost === null) return;
    let { shared } = lost;
    for (let next = held.askInstead(shared); next !== null; next = held.askInstead(shared)) {
      const further = await this.askMaster(next, bounds);
      shared = further?.shared ?? next;
    }
    throw HistoryChanged.between(held.last, shared, lost);
  }

  /** `null`: the master has it. */
  private async askMaster(place: Place, { signal, patienceMs }: Bounds): Promise<HistoryChanged | null> {
    const { surroundings } = this.requests;
    const endMs = surroundings.nowMs() + patienceMs;
    if (place.seq === 0) return null;
    for (;;) {
      try {
        await this.receipts.of(place, { signal }, patienceMs);
        return null;
      } catch (error) {
        if (error instanceof HistoryChanged) return error;
        // Neither here nor lost: the master is finding out itself.
        const isOpen = error instanceof ReplogError && error.code === 'NOT_FOUND';
        if (!isOpen || surroundings.nowMs() > endMs) throw error;
        await sleep(surroundings.random() * MOST_PAUSE_MS, signal, surroundings);
      }
    }
  }
}
