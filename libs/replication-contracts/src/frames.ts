/**
 * The frames of the link. Each is one binary WebSocket message: its type, the protocol version, its fields. `append` and `ack` are frequent
 * and have a fixed layout; the others are rare and carry JSON. See `docs/link.md`.
 */
import { PROTOCOL_VERSION } from './protocol.js';
import { writeU64 } from './record.js';
import type { LogPosition } from './record.js';

export enum FrameType {
  Hello = 1,
  Append = 2,
  Ack = 3,
  Reject = 4,
  Probe = 5,
  Position = 6,
}

/** Secondary → master, the first frame on every connection: what the secondary is and what it has. */
export interface HelloFrame {
  readonly type: FrameType.Hello;
  readonly clusterId: string | null;
  readonly nodeId: string;
  readonly incarnation: string;
  /** As in `NodeStatus`. Missing from builds that do not know them. */
  readonly starts?: number;
  readonly bootId?: string;
  readonly votedEpoch: number;
  readonly last: LogPosition;
}

/**
 * Master → secondary. `records` follow `previous`. A frame without records tells the committed index and asks for an
 * acknowledgement of `round`.
 */
export interface AppendFrame {
  readonly type: FrameType.Append;
  readonly epoch: number;
  /** Grows from frame to frame. An acknowledgement names the highest round it answers. */
  readonly round: number;
  readonly previous: Pick<LogPosition, 'index' | 'epoch' | 'chain'>;
  readonly committed: number;
  readonly records: Buffer;
}

/** Secondary → master: every record up to `index` is durable on the secondary. */
export interface AckFrame {
  readonly type: FrameType.Ack;
  readonly epoch: number;
  readonly round: number;
  readonly index: number;
}

export const REJECT_CODES = [
  'STALE_EPOCH',
  'FOREIGN_CLUSTER',
  'GAP',
  'DIVERGED',
  'BAD_RECORD',
  'STORAGE_FULL',
  'NOT_SECONDARY',
] as const;

export type RejectCode = (typeof REJECT_CODES)[number];

/** Secondary → master: why the last frame was refused, and what the master needs to continue. */
export interface RejectFrame {
  readonly type: FrameType.Reject;
  readonly code: RejectCode;
  readonly votedEpoch: number;
  readonly last: LogPosition;
  readonly detail: string;
}

/** Master → secondary: asks for the position at `index`, in the search for the last common record. */
export interface ProbeFrame {
  readonly type: FrameType.Probe;
  readonly index: number;
}

/** Secondary → master: the answer to a probe; `position` is `null` if the secondary has no such record. */
export interface PositionFrame {
  readonly type: FrameType.Position;
  readonly index: number;
  readonly position: LogPosition | null;
}

export type Frame = HelloFrame | AppendFrame | AckFrame | RejectFrame | ProbeFrame | PositionFrame;

/** Bytes of an append frame before its records. */
export const APPEND_HEADER_BYTES = 48;
export const ACK_BYTES = 24;
/** Type and protocol version, before the JSON of a frame that has no fixed layout. */
export const JSON_AT = 2;

/** The fixed part of an append frame. The records follow it unchanged in the same WebSocket message. */
export function encodeAppendHeader(frame: Omit<AppendFrame, 'type' | 'records'>): Buffer {
  const header = Buffer.alloc(APPEND_HEADER_BYTES);
  header[0] = FrameType.Append;
  header[1] = PROTOCOL_VERSION;
  header.writeUInt32LE(frame.epoch, 4);
  writeU64(header, frame.round, 8);
  writeU64(header, frame.previous.index, 16);
  header.writeUInt32LE(frame.previous.epoch, 24);
  header.writeUInt32LE(frame.previous.chain, 28);
  writeU64(header, frame.committed, 32);
  return header;
}

/** The bytes of a frame. */
export function encodeFrame(frame: Frame): Buffer {
  switch (frame.type) {
    case FrameType.Append:
      return Buffer.concat([encodeAppendHeader(frame), frame.records]);
    case FrameType.Ack:
      return encodeAck(frame);
    case FrameType.Hello:
    case FrameType.Reject:
    case FrameType.Probe:
    case FrameType.Position:
      return Buffer.concat([Buffer.of(frame.type, PROTOCOL_VERSION), Buffer.from(JSON.stringify(frame))]);
  }
}

function encodeAck(frame: AckFrame): Buffer {
  const bytes = Buffer.alloc(ACK_BYTES);
  bytes[0] = FrameType.Ack;
  bytes[1] = PROTOCOL_VERSION;
  bytes.writeUInt32LE(frame.epoch, 4);
  writeU64(bytes, frame.round, 8);
  writeU64(bytes, frame.index, 16);
  return bytes;
}
