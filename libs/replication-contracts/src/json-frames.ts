/**
 * Reads the frames that carry JSON. They come from another node, which may be wrong: every field is checked before it is
 * used, so that no epoch is taken for one that is not a number. Fields that are not known are left out.
 */
import { FrameType, REJECT_CODES } from './frames.js';
import type { HelloFrame, PositionFrame, ProbeFrame, RejectFrame } from './frames.js';
import { MAX_EPOCH, MAX_ID_LENGTH, MAX_NODE_ID_LENGTH } from './limits.js';
import type { LogPosition } from './record.js';

type JsonFrame = HelloFrame | RejectFrame | ProbeFrame | PositionFrame;
type Fields = Readonly<Record<string, unknown>>;

const U32 = 0xffff_ffff;
const MAX_DETAIL_LENGTH = 4_096;

/** Throws an `Error` that names the field. */
export function readJsonFrame(type: JsonFrame['type'], json: unknown): JsonFrame {
  const fields = asObject('a frame', json);
  switch (type) {
    case FrameType.Hello:
      return {
        type,
        clusterId: fields['clusterId'] === null ? null : text(fields, 'clusterId', MAX_ID_LENGTH),
        nodeId: text(fields, 'nodeId', MAX_NODE_ID_LENGTH),
        incarnation: text(fields, 'incarnation', MAX_ID_LENGTH),
        ...('starts' in fields ? { starts: whole(fields, 'starts') } : {}),
        ...('bootId' in fields ? { bootId: text(fields, 'bootId', MAX_ID_LENGTH) } : {}),
        votedEpoch: whole(fields, 'votedEpoch', MAX_EPOCH),
        last: position('last', fields['last']),
      };
    case FrameType.Reject:
      return {
        type,
        code: rejectCode(fields['code']),
        votedEpoch: whole(fields, 'votedEpoch', MAX_EPOCH),
        last: position('last', fields['last']),
        detail: text(fields, 'detail', MAX_DETAIL_LENGTH, 0),
      };
    case FrameType.Probe:
      return { type, index: whole(fields, 'index') };
    case FrameType.Position: {
      const found = fields['position'];
      return {
        type,
        index: whole(fields, 'index'),
        position: found === null ? null : position('position', found),
      };
    }
  }
}

function position(name: string, value: unknown): LogPosition {
  const fields = asObject(name, value);
  return {
    index: whole(fields, 'index'),
    epoch: whole(fields, 'epoch', MAX_EPOCH),
    chain: whole(fields, 'chain', U32),
    seq: whole(fields, 'seq'),
  };
}

function asObject(name: string, value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new Error(`${name} is not an object`);
}

function whole(fields: Fields, name: string, max = Number.MAX_SAFE_INTEGER): number {
  const value = fields[name];
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max) return value as number;
  throw new Error(`${name} is not a whole number from 0 to ${max}`);
}

function text(fields: Fields, name: string, maxLength: number, minLength = 1): string {
  const value = fields[name];
  if (typeof value === 'string' && value.length >= minLength && value.length <= maxLength) return value;
  throw new Error(`${name} is not a text of ${minLength} to ${maxLength} characters`);
}

function rejectCode(value: unknown): RejectFrame['code'] {
  const code = REJECT_CODES.find((known) => known === value);
  if (code === undefined) throw new Error('code is not a known reason');
  return code;
}
