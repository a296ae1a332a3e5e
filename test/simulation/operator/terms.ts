/** The terms of a run: how each began, and which of them were transferred to whom. */
import type { TransferAnswer } from '@replog/contracts/http.js';
import type { StoredRecord } from '../../checkers/records/stored-record.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';

export interface TermStarted {
  readonly machine: SimulatedNode;
  readonly epoch: number;
  /** Its log before the epoch's first record. */
  readonly history: readonly StoredRecord[];
}

export class Terms {
  private readonly byEpoch = new Map<number, TermStarted>();
  /** The epoch of the last transfer, by old and new master. */
  private readonly transfers = new Map<string, number>();
  /** Votes given, by candidate. */
  private readonly votes = new Map<string, number>();
  private readonly startedListeners = new Set<(term: TermStarted) => void>();
  private readonly transferListeners = new Set<(by: string, to: string) => void>();

  started(term: TermStarted): void {
    this.byEpoch.set(term.epoch, term);
    for (const listener of [...this.startedListeners]) listener(term);
  }

  /** A master has ended its term for `to` and is about to say so. */
  transferred(by: string, to: string, { epoch }: TransferAnswer): void {
    this.transfers.set(`${by}>${to}`, epoch);
    for (const listener of [...this.transferListeners]) listener(by, to);
  }

  voted(to: string): void {
    this.votes.set(to, (this.votes.get(to) ?? 0) + 1);
  }

  /** How many votes other candidates than this one got. */
  votesBeside(candidate: string): number {
    return [...this.votes].reduce((sum, [to, count]) => (to === candidate ? sum : sum + count), 0);
  }

  of(epoch: number): TermStarted | undefined {
    return this.byEpoch.get(epoch);
  }

  epochTransferred(by: string, to: string): number | undefined {
    return this.transfers.get(`${by}>${to}`);
  }

  onStarted(listener: (term: TermStarted) => void): () => void {
    this.startedListeners.add(listener);
    return () => this.startedListeners.delete(listener);
  }

  onTransferred(listener: (by: string, to: string) => void): () => void {
    this.transferListeners.add(listener);
    return () => this.transferListeners.delete(listener);
  }
}
