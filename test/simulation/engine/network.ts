/**
 * The network between the nodes and to their clients: how long a call takes, whether it arrives, and how often. Each
 * direction between two nodes can be cut by itself.
 */
import type { Random } from '@replog/contracts/ports.js';
import type { Process } from './process.js';
import type { Scheduler } from './scheduler.js';

/** An address: a node, or all clients as one. */
export interface Host {
  readonly name: string;
  /** The process that lives there now. */
  readonly process: Process | null;
}

export class Network {
  private readonly blocked = new Set<string>();
  /** Counts the changes of directions. */
  changes = 0;
  lossChance = 0;
  duplicateChance = 0;
  /** Chance that a delivery takes up to `spikeMs` instead of a millisecond or two. */
  spikeChance = 0;
  spikeMs = 200;
  /** Frames on links come later by this, still in order. Calls do not. */
  linkLagMs = 0;

  constructor(
    readonly scheduler: Scheduler,
    private readonly random: Random,
  ) {}

  isOpen(from: string, to: string): boolean {
    return !this.blocked.has(`${from}>${to}`);
  }

  block(from: string, to: string): void {
    this.changes += 1;
    this.blocked.add(`${from}>${to}`);
  }

  open(from: string, to: string): void {
    this.changes += 1;
    this.blocked.delete(`${from}>${to}`);
  }

  heal(): void {
    this.changes += 1;
    this.blocked.clear();
  }

  calm(): void {
    this.lossChance = 0;
    this.duplicateChance = 0;
    this.spikeChance = 0;
    this.linkLagMs = 0;
  }

  /** Is every direction open, and nothing lost or late? */
  get isCalm(): boolean {
    return this.blocked.size === 0 && this.lossChance + this.spikeChance + this.linkLagMs === 0;
  }

  delayMs(): number {
    const isSpike = this.spikeChance > 0 && this.random.next() < this.spikeChance;
    return isSpike ? this.random.next() * this.spikeMs : 0.1 + this.random.next() * 1.5;
  }

  chance(): number {
    return this.random.next();
  }

  /** Carries one half of a call: lost, late, or twice where `mayRepeat`. */
  carry(from: string, to: string, arrive: () => void, mayRepeat: boolean): void {
    if (this.random.next() < this.lossChance) return;
    const times = mayRepeat && this.random.next() < this.duplicateChance ? 2 : 1;
    for (let time = 0; time < times; time++) {
      this.scheduler.after(this.delayMs(), () => {
        if (this.isOpen(from, to)) arrive();
      });
    }
  }

  /** The same without loss: it waits until the direction is open. */
  carrySurely(from: string, to: string, arrive: () => void): void {
    this.scheduler.after(this.delayMs(), () => {
      if (this.isOpen(from, to)) arrive();
      else this.scheduler.after(25, () => this.carrySurely(from, to, arrive));
    });
  }
}
