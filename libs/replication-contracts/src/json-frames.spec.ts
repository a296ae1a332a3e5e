import { describe, expect, it } from 'vitest';

import { decodeFrame } from './decode-frame.js';
import { FrameType, encodeFrame } from './frames.js';
import type { Frame } from './frames.js';
import { PROTOCOL_VERSION } from './protocol.js';

const last = { index: 7, epoch: 3, chain: 9, seq: 5 };
const FRAMES: readonly [string, Exclude<Frame, { type: FrameType.Append | FrameType.Ack }>][] = [
  ['hello', { type: FrameType.Hello, clusterId: 'c', nodeId: 'n', incarnation: 'i', votedEpoch: 3, last }],
  ['reject', { type: FrameType.Reject, code: 'STALE_EPOCH', votedEpoch: 4, last, detail: 'epoch 3 is over' }],
  ['probe', { type: FrameType.Probe, index: 7 }],
  ['position', { type: FrameType.Position, index: 7, position: last }],
];
const WRONG: readonly unknown[] = [undefined, true, [], {}, '', '9', -1, 1.5, 2 ** 53, 'x'.repeat(5_000)];

function decode(type: FrameType, json: string): Frame {
  return decodeFrame(Buffer.concat([Buffer.of(type, PROTOCOL_VERSION), Buffer.from(json)]));
}

describe.each(FRAMES)('a %s frame', (_, frame) => {
  const fields = Object.keys(frame).filter((name) => name !== 'type');

  it('is read as it was written, without fields that are not known', () => {
    expect(decodeFrame(encodeFrame(frame))).toEqual(frame);
    expect(decode(frame.type, JSON.stringify({ ...frame, type: 1, other: 1 }))).toEqual(frame);
  });

  it.each(fields)('is refused with a wrong %s, by its name', (field) => {
    const isText = typeof frame[field as keyof typeof frame] === 'string';
    // A short text is right in a field for text, and an empty one in the sentence of a refusal.
    const wrong = WRONG.filter(
      (value) => !(isText && field !== 'code' && (value === '9' || (field === 'detail' && value === ''))),
    );
    for (const value of wrong) {
      const name = field === 'last' || field === 'position' ? /last|position|index/ : new RegExp(`^${field} `);
      expect(() => decode(frame.type, JSON.stringify({ ...frame, [field]: value }))).toThrow(name);
    }
  });

  it('is refused if it is no object, or no JSON', () => {
    for (const json of ['null', '[]', '7', '"x"']) expect(() => decode(frame.type, json)).toThrow('not an object');
    for (const json of ['', '{']) expect(() => decode(frame.type, json)).toThrow('not valid JSON');
  });
});

it('takes no epoch from a number that JSON turns into infinity', () => {
  const reject = FRAMES[1]?.[1] as Frame;
  const json = JSON.stringify({ ...reject, votedEpoch: 0 }).replace('"votedEpoch":0', '"votedEpoch":1e999');
  expect(() => decode(FrameType.Reject, json)).toThrow(/^votedEpoch /);
  expect(() => decode(FrameType.Reject, json.replace('1e999', '4294967296'))).toThrow(/^votedEpoch /);
});

it.each(['index', 'epoch', 'chain', 'seq'])('takes no position without its %s', (field) => {
  for (const value of [undefined, null, -1, '1', 2 ** 53]) {
    const json = JSON.stringify({ index: 7, position: { ...last, [field]: value } });
    expect(() => decode(FrameType.Position, json)).toThrow(new RegExp(`^${field} `));
  }
});
