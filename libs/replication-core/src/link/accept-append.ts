/**
 * What a secondary does with an append frame. It takes a frame only if it continues its log, record for record. So its log
 * never has a gap, even if frames arrive in any order or more than once.
 */
import { checkRecords } from '@replog/contracts/record-run.js';
import { recordChain, recordIndex, recordLength, recordPosition } from '@replog/contracts/record.js';
import type { AppendFrame, RejectCode } from '@replog/contracts/frames.js';
import type { LogPosition } from '@replog/contracts/record.js';

export interface FollowerFacts {
  readonly votedEpoch: number;
  readonly last: LogPosition;
  /** The position of this log at `previous.index` of the frame; `null` if the log ends before it. */
  readonly atPrevious: LogPosition | null;
}

export type AppendDecision =
  | { readonly kind: 'reject'; readonly code: RejectCode; readonly detail: string }
  /** The records are checked and follow `previous`, up to `last`. The log may have some of them already. */
  | { readonly kind: 'take'; readonly previous: LogPosition; readonly last: LogPosition };

export function decideAppend(facts: FollowerFacts, frame: AppendFrame): AppendDecision {
  if (frame.epoch < facts.votedEpoch) {
    return reject('STALE_EPOCH', `epoch ${frame.epoch} is over: this node is in epoch ${facts.votedEpoch}`);
  }
  if (facts.atPrevious === null) {
    return reject('GAP', `records after ${frame.previous.index} do not follow: this log ends at ${facts.last.index}`);
  }
  if (facts.atPrevious.chain !== frame.previous.chain || facts.atPrevious.epoch !== frame.previous.epoch) {
    return reject('DIVERGED', `the logs differ at ${frame.previous.index}`);
  }
  return acceptRecords(frame.records, facts.atPrevious, frame.epoch);
}

/** The first record of a frame that the log does not have. */
export interface FirstNew {
  /** Byte at which that record begins; the length of the block if the log has all of them. */
  readonly from: number;
  /** The position before it. */
  readonly previous: LogPosition;
  /** The log has other records from there on: they must be set aside first. */
  readonly isDiverged: boolean;
}

/**
 * Skips the records that the log has already. `previous`: the position before `records`. `last`: the end of the log. `held`:
 * the chains of the log by index, for the indexes of `records`.
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
