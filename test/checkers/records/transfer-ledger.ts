/**
 * A planned transfer loses nothing, whatever the concern: the history of the successor contains every record for which
 * the master that handed over to it had ever given a receipt, also with wc 0. As a record's chain stands for all before
 * it, the furthest receipt of an office stands for all of them.
 */
import { BrokenRule } from './broken-rule.js';
import type { StoredRecord } from './stored-record.js';

interface Transferred {
  readonly successor: string;
  /** What the successor took office with. */
  readonly history: readonly StoredRecord[];
}

export class TransferLedger {
  /** The furthest record that was acknowledged in an epoch, by its master. */
  private readonly furthest = new Map<number, StoredRecord>();
  /** By the epoch of the office that ended so. */
  private readonly transferred = new Map<number, Transferred>();

  acknowledged(epoch: number, record: StoredRecord): void {
    const known = this.furthest.get(epoch);
    if (known === undefined || record.index > known.index) this.furthest.set(epoch, record);
    this.check(epoch);
  }

  /** `successor` said that it is in office, the master of `epoch` having handed over to it. */
  succeeded(epoch: number, successor: string, history: readonly StoredRecord[]): void {
    this.transferred.set(epoch, { successor, history });
    this.check(epoch);
  }

  private check(epoch: number): void {
    const record = this.furthest.get(epoch);
    const transferred = this.transferred.get(epoch);
    if (record === undefined || transferred === undefined) return;
    const { successor, history } = transferred;
    if (history[record.index - 1]?.chain === record.chain) return;
    throw new BrokenRule(
      'transfer',
      `the master of epoch ${epoch} acknowledged record ${record.index} and handed over, but ${successor} took office without it`,
    );
  }
}
