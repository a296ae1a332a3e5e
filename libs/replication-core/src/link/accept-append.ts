/**
 * What a secondary does with an append frame. It shows no record that has one missing before it, whatever arrives in
 * whatever order, how often: a frame is taken only where it continues what is there, record for record.
 */
import { checkRecords } from '@replog/contracts/record-run.js';
import { recordChain, recordIndex, recordLength, recordPosition } from '@replog/contracts/record.js';
import type { AppendFrame, RejectCode } from '@replog/contracts/frames.js';
import type { LogPosition } from '@replog/contracts/record.js';

export interface FollowerFacts {
  readonly votedEpoch: number;
  readonly last: LogPosition;
  /** This log's position at the frame's `previous.index`; `null` where it ends before. */
  readonly atPrevious: LogPosition | null;
}

export type AppendDecision =
  | { readonly kind: 'reject'; readonly code: RejectCode; readonly detail: string }
  /** `records` from `from` on are checked and follow `previous`; the log may hold some of them already. */
  | { readonly kind: 'take'; readonly previous: LogPosition; readonly last: LogPosition };

export function decideAppend(facts: FollowerFacts, frame: AppendFrame): AppendDecision {
  if (frame.epoch < facts.votedEpoch) {
    return reject('STALE_EPOCH', `epoch ${frame.epoch} is over: this node holds to epoch ${facts.votedEpoch}`);
  }
  if (facts.atPrevious === null) {
    return reject('GAP', `records after ${frame.previous.index} do not follow: this log ends at ${facts.last.index}`);
  }
  if (facts.atPrevious.chain !== frame.previous.chain || facts.atPrevious.epoch !== frame.previous.epoch) {
    return reject('DIVERGED', `the logs differ at ${frame.previous.index}`);
  }
  return acceptRecords(frame.records, facts.atPrevious, frame.epoch);
}

/** Where the part of a frame's records begins that the log does not hold yet. */
export interface FirstNew {
  /** Byte at which the first record begins that is to be appended; the block's length where none is. */
  readonly from: number;
  /** The last record before it. */
  readonly previous: LogPosition;
  /** The log holds other records from there on: they have to be set aside first. */
  readonly isDiverged: boolean;
}

/**
 * Passes over the records that the log has already. `previous` is what they follow, `last` the end of the log, `held`
 * the log's chains by index, from after `previous` on as far as the records reach.
 */
export function firstNewRecord(
  records: Buffer,
  previous: LogPosition,
  last: LogPosition,
  held: ReadonlyMap<number, number>,
): FirstNew {
  let at = 0;
  let before = previous;
  while (at < records.length && recordIndex(records, at) <= last.index) {
    if (held.get(recordIndex(records, at)) !== recordChain(records, at))
      return { from: at, previous: before, isDiverged: true };
    before = recordPosition(records, at);
    at += recordLength(records, at);
  }
  return { from: at, previous: before, isDiverged: false };
}

function acceptRecords(records: Buffer, previous: LogPosition, epoch: number): AppendDecision {
  const { last, fault } = checkRecords(records, 0, records.length, previous);
  if (fault !== null) {
    return reject('BAD_RECORD', `the record after ${last.index} is damaged or out of order (${fault})`);
  }
  if (last.epoch > epoch)
    return reject('BAD_RECORD', `record ${last.index} is of epoch ${last.epoch}, above the sender's ${epoch}`);
  return { kind: 'take', previous, last };
}

function reject(code: RejectCode, detail: string): AppendDecision {
  return { kind: 'reject', code, detail };
}
