import { describe, expect, it } from 'vitest';
import { connect, parsePlace, placeText } from './index.js';
import { retryAfterMs } from './requests/retry-after.js';

describe('connect', () => {
  it.each<[string, string[], string]>([
    ['no node', [], 'nodes is empty'],
    ['no address', ['localhost:8000'], 'write it as http://localhost:8000'],
    ['no key', ['http://localhost:8000'], 'API_KEY'],
  ])('says what is wrong with %s', (what, nodes, sentence) => {
    expect(() => connect({ nodes, key: what === 'no key' ? '' : 'k' })).toThrow(sentence);
  });

  it('asks nothing yet', () => {
    expect(() => connect({ nodes: ['http://nowhere.invalid/'], key: 'k' })).not.toThrow();
  });
});

describe('a place', () => {
  it('is text and back', () => {
    expect(parsePlace(placeText({ seq: 42, epoch: 3 }))).toEqual({ seq: 42, epoch: 3 });
  });

  it.each(['42', '@3', '42@', '4 2@3', '42@3@1', '-1@1', ''])('is not %j', (text) => {
    expect(() => parsePlace(text)).toThrow('is not a place');
  });
});

describe('Retry-After', () => {
  it.each([
    [null, 0],
    ['2', 2_000],
    ['0.5', 500],
    ['-1', 0],
    ['Thu, 01 Jan 1970 00:00:10 GMT', 7_000],
    ['soon', 0],
  ])('%j is %d ms', (header, ms) => {
    expect(retryAfterMs(header, 3_000)).toBe(ms);
  });
});
