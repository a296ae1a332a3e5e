/**
 * The append frames of one master, numbered across all its links. Links that stand at the same place, as they do while
 * all secondaries keep up, are sent the same bytes: put together once, however many they are.
 */
import { APPEND_HEADER_BYTES, FrameType, encodeAppendHeader, encodeFrame } from '@replog/contracts/frames.js';
import type { AppendFrame } from '@replog/contracts/frames.js';

export type AppendFields = Omit<AppendFrame, 'type' | 'round'>;

export interface NumberedFrame {
  readonly round: number;
  /** Not to be changed: another link may have been sent the same. */
  readonly bytes: Buffer;
}

/** The last frame with records, and what is in it. */
interface Newest extends NumberedFrame {
  readonly epoch: number;
  readonly committed: number;
  readonly previousIndex: number;
  readonly length: number;
}

export class AppendFrames {
  private round = 0;
  private newest: Newest | null = null;

  /** `after`: number of the last frame on the connection this one is for; its numbers only grow. */
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

  /** One of records that nobody else is sent, with APPEND_HEADER_BYTES to spare before them: the header is written there. */
  frameInPlace({ records, ...fields }: AppendFields): NumberedFrame {
    this.round += 1;
    const { round } = this;
    const start = records.byteOffset - APPEND_HEADER_BYTES;
    const bytes = Buffer.from(records.buffer, start, APPEND_HEADER_BYTES + records.length);
    encodeAppendHeader({ ...fields, round }).copy(bytes);
    return { round, bytes };
  }
}

/** What follows a record in the log of a master never changes, so its place and length say which records they are. */
function holds(frame: Newest, { epoch, previous, committed, records }: AppendFields): boolean {
  return (
    frame.previousIndex === previous.index &&
    frame.length === records.length &&
    frame.committed === committed &&
    frame.epoch === epoch
  );
}
