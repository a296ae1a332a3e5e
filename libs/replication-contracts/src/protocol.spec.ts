import { describe, expect, it } from 'vitest';
import { ReplogError } from './errors.js';
import { decodeFrame } from './decode-frame.js';
import { FrameType, encodeFrame } from './frames.js';
import type { Frame } from './frames.js';
import { OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION, requireKnownProtocol } from './protocol.js';

const LAST = { index: 7, epoch: 2, chain: 99, seq: 5 };
const FRAMES: readonly Frame[] = [
  { type: FrameType.Hello, clusterId: 'c', nodeId: 's1', incarnation: 'i', votedEpoch: 2, last: LAST },
  { type: FrameType.Append, epoch: 2, round: 3, previous: LAST, committed: 6, records: Buffer.from('records') },
  { type: FrameType.Ack, epoch: 2, round: 3, index: 7 },
  { type: FrameType.Reject, code: 'GAP', votedEpoch: 2, last: LAST, detail: 'a gap' },
  { type: FrameType.Probe, index: 4 },
  { type: FrameType.Position, index: 4, position: null },
];

describe('the protocol version', () => {
  it('of a call is known from the oldest to the newest this build speaks, and refused by name otherwise', () => {
    for (const version of [OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION]) {
      expect(() => requireKnownProtocol(String(version), 's1')).not.toThrow();
    }
    const refusal = (header: string | undefined): unknown => {
      try {
        requireKnownProtocol(header, 's1');
        return null;
      } catch (error) {
        return error instanceof ReplogError ? `${error.code}: ${error.message}` : error;
      }
    };
    expect(refusal(undefined)).toMatch(/^PROTOCOL_UNKNOWN: s1 names no protocol version; this node speaks 1\./);
    expect(refusal(String(PROTOCOL_VERSION + 1))).toMatch(
      /^PROTOCOL_UNKNOWN: s1 speaks protocol 2; this node speaks 1\./,
    );
    for (const odd of ['0', '1.0', ' 1', '01', 'one', '']) expect(refusal(odd)).toMatch(/names no protocol version/);
  });

  it.each(FRAMES.map((frame) => [FrameType[frame.type], frame] as const))(
    'travels in a frame (%s), and a frame of another one is refused',
    (_name, frame) => {
      const bytes = encodeFrame(frame);
      expect(bytes[1]).toBe(PROTOCOL_VERSION);
      expect(decodeFrame(bytes)).toMatchObject({ type: frame.type });
      bytes[1] = PROTOCOL_VERSION + 1;
      expect(() => decodeFrame(bytes)).toThrow('a frame of protocol 2; this node speaks 1');
      bytes[1] = 0;
      expect(() => decodeFrame(bytes)).toThrow('a frame of protocol 0');
    },
  );
});
