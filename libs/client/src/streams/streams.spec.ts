import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BrokenStream } from '../requests/opened.js';
import { eventsOf } from './events.js';
import type { StreamEvent } from './events.js';
import { jsonLinesOf } from './json-lines.js';
import { LineSplitter } from './line-splitter.js';

async function* inPieces(text: string, cuts: readonly number[]): AsyncGenerator<string> {
  const at = [0, ...[...cuts].sort((one, other) => one - other), text.length];
  for (const [number, end] of at.slice(1).entries()) yield text.slice(at[number], end);
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const cutsOf = (text: string): fc.Arbitrary<number[]> => fc.array(fc.nat(text.length), { maxLength: 12 });

describe('lines', () => {
  const TEXT = 'one\ntwo\r\nthree\rfour\n\r\n\r\rend\r\n';
  it('are the same however the text is cut', () => {
    const property = fc.property(cutsOf(TEXT), (cuts) => {
      const lines = new LineSplitter();
      const at = [0, ...cuts.sort((one, other) => one - other), TEXT.length];
      const got = at.slice(1).flatMap((end, number) => [...lines.push(TEXT.slice(at[number], end))]);
      expect(got).toEqual(['one', 'two', 'three', 'four', '', '', '', 'end']);
      expect(lines.isWhole).toBe(true);
    });
    fc.assert(property);
  });
});

describe('events', () => {
  it('are what the parser of the field reads', async () => {
    const part = fc.constantFrom(
      'event',
      'data',
      'id',
      'retry',
      ':',
      ': ',
      ' ',
      '\n',
      '\n\n',
      '\r\n',
      '\r',
      '42@3',
      'ü',
      '{"a":1}',
      '\0',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 40 }),
        fc.array(fc.nat(60), { maxLength: 5 }),
        async (parts, cuts) => {
          const text = parts.join('');
          const expected: StreamEvent[] = [];
          const onEvent = ({ event, data }: { event?: string | undefined; data: string }): void =>
            void expected.push({ event: event ?? 'message', data, id: '' });
          createParser({ onEvent }).feed(text);
          // There the parser of the field waits for an LF that may belong to the CR.
          fc.pre(!text.endsWith('\r'));
          const got = await all(
            eventsOf(
              inPieces(
                text,
                cuts.map((cut) => Math.min(cut, text.length)),
              ),
            ),
          );
          expect(got.map((event) => ({ ...event, id: '' }))).toEqual(expected);
        },
      ),
    );
  });

  it('of a live tail come with their names and ids, and half an event does not', async () => {
    const text =
      ': keep-alive\n\nid: 1@1\nevent: message\ndata: {"seq":1}\n\nid: 0@0\nevent: history-changed\ndata: {}\n\ndata: ha';
    const property = fc.asyncProperty(cutsOf(text), async (cuts) => {
      expect(await all(eventsOf(inPieces(text, cuts)))).toEqual([
        { id: '1@1', event: 'message', data: '{"seq":1}' },
        { id: '0@0', event: 'history-changed', data: '{}' },
      ]);
    });
    await fc.assert(property);
  });
});

describe('lines of JSON', () => {
  it('are read one by one, and half a line is a broken stream', async () => {
    expect(await all(jsonLinesOf(inPieces('{"a":1}\n\n[2]\n', [3, 9])))).toEqual([{ a: 1 }, [2]]);
    await expect(all(jsonLinesOf(inPieces('{"a":1}\n{"a"', [])))).rejects.toBeInstanceOf(BrokenStream);
  });
});
