/**
 * What travels on the link: one binary WebSocket message per frame, first byte its type, second byte the protocol
 * version. `append` and `ack` are the
 * hot pair and have a fixed layout; the rest is rare and carries JSON. `docs/link.md` tells the story.
 */
import { PROTOCOL_VERSION, isKnownProtocol, spokenVersions } from './protocol.js';
import { readU64, writeU64 } from './record.js';
import type { LogPosition } from './record.js';

export enum FrameType {
  Hello = 1,
  Append = 2,
  Ack = 3,
  Reject = 4,
  Probe = 5,
  Position = 6,
}

/** Secondary → master, first on every connection. */
export interface HelloFrame {
  readonly type: FrameType.Hello;
  readonly clusterId: string | null;
  readonly nodeId: string;
  readonly incarnation: string;
  readonly votedEpoch: number;
  readonly last: LogPosition;
}

/**
 * Master → secondary. `records` follow `previous`; without records it tells the committed index and asks for an
 * acknowledgement of `round`.
 */
export interface AppendFrame {
  readonly type: FrameType.Append;
  readonly epoch: number;
  /** Grows from frame to frame; the acknowledgement names the highest one it answers. */
  readonly round: number;
  readonly previous: Pick<LogPosition, 'index' | 'epoch' | 'chain'>;
  readonly committed: number;
  readonly records: Buffer;
}

/** Secondary → master: everything up to `index` is durable there. */
export interface AckFrame {
  readonly type: FrameType.Ack;
  readonly epoch: number;
  readonly round: number;
  readonly index: number;
}

export type RejectCode =
  'STALE_EPOCH' | 'FOREIGN_CLUSTER' | 'GAP' | 'DIVERGED' | 'BAD_RECORD' | 'STORAGE_FULL' | 'NOT_SECONDARY';

/** Secondary → master: why the last frame was not taken, and what the master needs to go on. */
export interface RejectFrame {
  readonly type: FrameType.Reject;
  readonly code: RejectCode;
  readonly votedEpoch: number;
  readonly last: LogPosition;
  readonly detail: string;
}

/** Master → secondary: what is your chain at `index`? The question of the search for the last common record. */
export interface ProbeFrame {
  readonly type: FrameType.Probe;
  readonly index: number;
}

/** Secondary → master: the answer; `position` is `null` where the secondary has no such record. */
export interface PositionFrame {
  readonly type: FrameType.Position;
  readonly index: number;
  readonly position: LogPosition | null;
}

export type Frame = HelloFrame | AppendFrame | AckFrame | RejectFrame | ProbeFrame | PositionFrame;

export const APPEND_HEADER_BYTES = 48;
const ACK_BYTES = 24;
/** Type and protocol version, before the JSON of a frame that has no fixed layout. */
const JSON_AT = 2;

/** The fixed part of an append frame; the records follow it, verbatim, in the same WebSocket message. */
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

/** Reads a frame. Throws a plain `Error` that names the fault, a protocol version that is not known among them. */
export function decodeFrame(bytes: Buffer): Frame {
  const version = bytes[1] ?? 0;
  if (!isKnownProtocol(version)) {
    throw new Error(`a frame of protocol ${version}; this node speaks ${spokenVersions()}`);
  }
  switch (bytes[0]) {
    case FrameType.Append:
      return decodeAppend(bytes);
    case FrameType.Ack:
      if (bytes.length !== ACK_BYTES) throw new Error(`an ack frame has ${ACK_BYTES} bytes, not ${bytes.length}`);
      return { type: FrameType.Ack, epoch: bytes.readUInt32LE(4), round: readU64(bytes, 8), index: readU64(bytes, 16) };
    case FrameType.Hello:
    case FrameType.Reject:
    case FrameType.Probe:
    case FrameType.Position:
      return { ...(JSON.parse(bytes.toString('utf8', JSON_AT)) as Frame), type: bytes[0] } as Frame;
    default:
      throw new Error(`a frame of unknown type ${bytes[0] ?? 'none'}`);
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

function decodeAppend(bytes: Buffer): AppendFrame {
  if (bytes.length < APPEND_HEADER_BYTES) throw new Error(`an append frame of ${bytes.length} bytes is cut short`);
  return {
    type: FrameType.Append,
    epoch: bytes.readUInt32LE(4),
    round: readU64(bytes, 8),
    previous: { index: readU64(bytes, 16), epoch: bytes.readUInt32LE(24), chain: bytes.readUInt32LE(28) },
    committed: readU64(bytes, 32),
    records: bytes.subarray(APPEND_HEADER_BYTES),
  };
}
