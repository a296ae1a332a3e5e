/** The reading of frames. Their bytes are written in `frames.ts`. */
import { ACK_BYTES, APPEND_HEADER_BYTES, FrameType, JSON_AT } from './frames.js';
import type { AppendFrame, Frame } from './frames.js';
import { readJsonFrame } from './json-frames.js';
import { isKnownProtocol, spokenVersions } from './protocol.js';
import { readU64 } from './record.js';

/**
 * Reads a frame. Throws an `Error` that names the fault where the bytes are not a frame, or one of a protocol version that
 * is not known. The records are a view of `bytes`.
 */
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
      return readJsonFrame(bytes[0], parseJson(bytes));
    default:
      throw new Error(`a frame has the unknown type ${bytes[0] ?? 'none'}`);
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8', JSON_AT)) as unknown;
  } catch (cause) {
    throw new Error(`a frame of type ${bytes[0]} is not valid JSON`, { cause });
  }
}

function decodeAppend(bytes: Buffer): AppendFrame {
  if (bytes.length < APPEND_HEADER_BYTES) throw new Error(`an append frame of ${bytes.length} bytes is too short`);
  return {
    type: FrameType.Append,
    epoch: bytes.readUInt32LE(4),
    round: readU64(bytes, 8),
    previous: { index: readU64(bytes, 16), epoch: bytes.readUInt32LE(24), chain: bytes.readUInt32LE(28) },
    committed: readU64(bytes, 32),
    records: bytes.subarray(APPEND_HEADER_BYTES),
  };
}
