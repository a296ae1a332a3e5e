/**
 * A planned transfer loses nothing, whatever the concern: the successor's history contains every record for which the old
 * master gave a receipt, also with `wc=0`. A record's chain covers all records before it, so the furthest receipt of a
 * term covers them all.
 */
import { BrokenRule } from './broken-rule.js';
import type { StoredRecord } from './stored-record.js';

interface Transferred {
  readonly successor: string;
  /** The successor's log before its first record. */
  readonly history: readonly StoredRecord[];
}

export class TransferLedger {
  /** The furthest record that was acknowledged in an epoch, by its master. */
  private readonly furthest = new Map<number, StoredRecord>();
  /** By the epoch of the old master. */
  private readonly transferred = new Map<number, Transferred>();

  acknowledged(epoch: number, record: StoredRecord): void {
    const known = this.furthest.get(epoch);
    if (known === undefined || record.index > known.index) this.furthest.set(epoch, record);
    this.check(epoch);
  }

  /** `successor` is master now. The master of `epoch` has transferred its term to it. */
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
      `the master of epoch ${epoch} acknowledged record ${record.index} and transferred its term, but ${successor} became master without it`,
    );
  }
}
