/**
 * Does a log have a place? Epochs never decrease along a log, and each epoch had one master. So a log that went on to a
 * higher epoch before it came to the place never comes to it.
 */
import type { Place } from '@replog/contracts/place.js';

/** `ahead`: the log has not come to the place yet, and still may. */
export type Standing = 'shared' | 'ahead' | 'changed';

export interface KnownHistory {
  /** Epoch of the message with the seq of the place; `null` if the log ends before it. */
  readonly epochThere: number | null;
  /** Epoch of the last record. */
  readonly lastEpoch: number;
  /** The highest epoch whose messages may still come to this log; see `newestToCome`. */
  readonly newestToCome: number;
}

export function standingOf({ seq, epoch }: Place, { epochThere, lastEpoch, newestToCome }: KnownHistory): Standing {
  if (seq === 0) return 'shared';
  if (epochThere !== null) return epochThere === epoch ? 'shared' : 'changed';
  return epoch < lastEpoch || epoch > newestToCome ? 'changed' : 'ahead';
}

/** What a node knows of epochs. */
export interface KnownEpochs {
  readonly holdsTerm: boolean;
  readonly knowsMaster: boolean;
  /** The highest epoch that the node has heard of. */
  readonly epoch: number;
}

/** A master has every message of its history. A node without a master may have missed epochs. */
export function newestToCome({ holdsTerm, knowsMaster, epoch }: KnownEpochs): number {
  if (holdsTerm) return 0;
  return knowsMaster ? epoch : Infinity;
}
