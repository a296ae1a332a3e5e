/**
 * Everything clients were told, in one place: every write, everything shown as committed, every answer in time. Reads
 * are checked at once, because only this ledger knows what was acknowledged when a read began.
 */
import type { MessageView } from '@replog/contracts/views.js';
import { identityOf } from '../../checkers/history.js';
import type { Violation, Write } from '../../checkers/history.js';

export interface ChaosWrite extends Write {
  readonly concern: number | string;
  /** Nodes that had to have it: a majority of all, or more. */
  readonly isStrong: boolean;
}

export class Ledger {
  readonly writes: ChaosWrite[] = [];
  readonly statuses = new Map<number, number>();
  /** When a write was acknowledged, in milliseconds of this process. */
  readonly acknowledgedMs: number[] = [];
  readonly violations: Violation[] = [];
  /** What was shown as committed, by seq. */
  readonly shown = new Map<number, string>();
  readonly reads = new Map<string, number>();
  private highest = 0;
  private ticks = 0;

  tick(): number {
    return ++this.ticks;
  }

  /** No read that is `linearizable` and begins now may end before this seq. */
  get floor(): number {
    return this.highest;
  }

  add(write: ChaosWrite): void {
    this.writes.push(write);
    if (write.seq === null) return;
    this.acknowledgedMs.push(performance.now());
    if (write.isStrong && write.outcome === 'satisfied') this.highest = Math.max(this.highest, write.seq);
  }

  answered(status: number): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
  }

  countRead(kind: string): void {
    this.reads.set(kind, (this.reads.get(kind) ?? 0) + 1);
  }

  /** A reader was shown these as committed. From then on every reader must be shown the same. */
  showed(nodeId: string, messages: readonly MessageView[]): void {
    for (const message of messages) {
      const identity = identityOf(message);
      const known = this.shown.get(message.seq);
      if (known === undefined) this.shown.set(message.seq, identity);
      else if (known !== identity) {
        this.violate(
          'vanished',
          nodeId,
          message.seq,
          `shows at ${message.seq} another message than was committed there`,
        );
      }
      this.highest = Math.max(this.highest, message.seq);
    }
  }

  violate(kind: Violation['kind'], nodeId: string, seq: number, what: string): void {
    this.violations.push({ kind, nodeId, seq, sentence: `${nodeId} ${what}` });
  }
}
