import type { Message } from '@replog/client';
import { describe, expect, it } from 'vitest';
import { wrongWith } from './judge-client.js';

const WRITTEN = [
  'writer 0, message 1',
  'batch 1, line 0',
  'batch 1, line 1',
  'writer 0, message 2',
  'writer 0, message 10',
];

const asMessages = (messages: readonly string[], epoch = 1): Message<string>[] =>
  messages.map((message, at) => ({ seq: at + 1, epoch, timestamp: '', key: null, message }));

const LOG = asMessages(WRITTEN);
const FINE = { acknowledged: WRITTEN, tails: [LOG, LOG], log: LOG, faults: 1 };

describe('what programs saw', () => {
  it('is right where each has everything once and in order', () => {
    expect(wrongWith(FINE)).toEqual([]);
  });

  it.each([
    ['a lost message', { acknowledged: [...WRITTEN, 'writer 1, message 1'] }, 'lost: writer 1, message 1'],
    ['a doubled message', { log: asMessages([...WRITTEN, 'batch 1, line 1']) }, 'doubled: batch 1, line 1'],
    ['a gap in a tail', { tails: [LOG.filter(({ seq }) => seq !== 2)] }, 'tail 0 gives 3@1'],
    ['a repetition in a tail', { tails: [[...LOG.slice(0, 2), ...LOG.slice(1)]] }, 'tail 0 gives 2@1'],
    ['a tail that ends early', { tails: [LOG.slice(0, 2)] }, 'tail 0 gives nothing'],
    ['a tail of another history', { tails: [asMessages(WRITTEN, 2)] }, 'tail 0 gives 1@2'],
    ['another order', { log: asMessages([...WRITTEN].reverse()) }, 'out of order: batch 1, line 0'],
  ])('is wrong with %s', (_, change, sentence) => {
    expect(wrongWith({ ...FINE, ...change }).join('\n')).toContain(sentence);
  });
});
