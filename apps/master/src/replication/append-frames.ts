/**
 * The append frames of one master, numbered across all its links. Links at the same place, the usual case while all
 * secondaries keep up, send the same bytes: a frame is built once for all of them.
 */
import { APPEND_HEADER_BYTES, FrameType, encodeAppendHeader, encodeFrame } from '@replog/contracts/frames.js';
import type { AppendFrame } from '@replog/contracts/frames.js';

export type AppendFields = Omit<AppendFrame, 'type' | 'round'>;

export interface NumberedFrame {
  readonly round: number;
  /** Read-only: another link may be sending the same bytes. */
  readonly bytes: Buffer;
}

/** The last frame with records, and its contents. */
interface Newest extends NumberedFrame {
  readonly epoch: number;
  readonly committed: number;
  readonly previousIndex: number;
  readonly length: number;
}

export class AppendFrames {
  private round = 0;
  private newest: Newest | null = null;

  /** `after`: number of the last frame on this connection; numbers only grow. */
  frame(fields: AppendFields, after: number): NumberedFrame {
    const { newest } = this;
    if (newest !== null && newest.round > after && holds(newest, fields)) return newest;
    this.round += 1;
    const { round } = this;
    const { epoch, previous, committed, records } = fields;
    const bytes = encodeFrame({ type: FrameType.Append, epoch, round, previous, committed, records });
    if (records.length === 0) return { round, bytes };
    this.newest = { round, bytes, epoch, committed, previousIndex: previous.index, length: records.length };
    return this.newest;
  }

  /** For records that no other link sends, with APPEND_HEADER_BYTES free before them: the header is written there. */
  frameInPlace({ records, ...fields }: AppendFields): NumberedFrame {
    this.round += 1;
    const { round } = this;
    const start = records.byteOffset - APPEND_HEADER_BYTES;
    const bytes = Buffer.from(records.buffer, start, APPEND_HEADER_BYTES + records.length);
    encodeAppendHeader({ ...fields, round }).copy(bytes);
    return { round, bytes };
  }
}

/** Within a term a master's log only grows, so a place and a length identify the records. */
function holds(frame: Newest, { epoch, previous, committed, records }: AppendFields): boolean {
  return (
    frame.previousIndex === previous.index &&
    frame.length === records.length &&
    frame.committed === committed &&
    frame.epoch === epoch
  );
}
