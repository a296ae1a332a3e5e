/** What an operator's tools want to know of offices: how each began, and who gave his up for whom. */
import type { TransferAnswer } from '@replog/contracts/http.js';
import type { StoredRecord } from '../../checkers/records/stored-record.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';

export interface OfficeTaken {
  readonly machine: SimulatedNode;
  readonly epoch: number;
  /** Its log before the epoch's first record. */
  readonly history: readonly StoredRecord[];
}

export class Offices {
  private readonly byEpoch = new Map<number, OfficeTaken>();
  /** The epoch that was handed over last, by who gave it and to whom. */
  private readonly given = new Map<string, number>();
  /** How many promises were made, by candidate. */
  private readonly votes = new Map<string, number>();
  private readonly takenListeners = new Set<(taken: OfficeTaken) => void>();
  private readonly givenListeners = new Set<(by: string, to: string) => void>();

  taken(taken: OfficeTaken): void {
    this.byEpoch.set(taken.epoch, taken);
    for (const listener of [...this.takenListeners]) listener(taken);
  }

  /** An answer leaves a master that holds office no longer. */
  transferred(by: string, to: string, { epoch }: TransferAnswer): void {
    this.given.set(`${by}>${to}`, epoch);
    for (const listener of [...this.givenListeners]) listener(by, to);
  }

  promised(to: string): void {
    this.votes.set(to, (this.votes.get(to) ?? 0) + 1);
  }

  /** How many promises were made to others than `candidate`. */
  promisesBeside(candidate: string): number {
    return [...this.votes].reduce((sum, [to, count]) => (to === candidate ? sum : sum + count), 0);
  }

  of(epoch: number): OfficeTaken | undefined {
    return this.byEpoch.get(epoch);
  }

  epochGiven(by: string, to: string): number | undefined {
    return this.given.get(`${by}>${to}`);
  }

  onTaken(listener: (taken: OfficeTaken) => void): () => void {
    this.takenListeners.add(listener);
    return () => this.takenListeners.delete(listener);
  }

  onTransferred(listener: (by: string, to: string) => void): () => void {
    this.givenListeners.add(listener);
    return () => this.givenListeners.delete(listener);
  }
}
