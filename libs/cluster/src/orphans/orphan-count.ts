/**
 * How much this node has set aside, for its operator. Counted when it is started and after each cut, and kept in memory:
 * a node whose disk hangs still tells it.
 */
import type { LogStore } from '@replog/log-store/log-store.port.js';

export interface OrphanTotals {
  readonly sets: number;
  readonly messages: number;
}

export class OrphanCount {
  private current: OrphanTotals | null = { sets: 0, messages: 0 };

  constructor(private readonly log: Pick<LogStore, 'orphanSets'>) {}

  /** `null` if the sets cannot be read; `GET /orphans` says why. */
  get totals(): OrphanTotals | null {
    return this.current;
  }

  /** What is wrong with a set keeps no node from its work. */
  async load(): Promise<void> {
    const sets = await this.log.orphanSets().catch(() => null);
    this.current = sets === null ? null : totalsOf(sets);
  }
}

function totalsOf(sets: readonly { readonly messages: number }[]): OrphanTotals {
  return { sets: sets.length, messages: sets.reduce((sum, { messages }) => sum + messages, 0) };
}
