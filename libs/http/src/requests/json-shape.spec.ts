import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countKept, countMembers, nestsDeeper } from './json-shape.js';
import { parseJsonBody } from './parse-json-body.js';

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('the shape of JSON', () => {
  it('is found in the bytes as in the parsed value', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const bytes = Buffer.from(text);
        const value = JSON.parse(text) as unknown;
        const depth = depthOf(value);
        expect([nestsDeeper(bytes, depth), depth > 0 && !nestsDeeper(bytes, depth - 1)]).toEqual([false, false]);
        expect(countMembers(bytes)).toBe(countKept(value));
      }),
    );
  });

  it.each([
    ['{"a":1,"a":2}', 2, 1],
    ['{"a":{"b":1,"b":"c:d"}}', 3, 2],
    ['{"a\\":":1}', 1, 1],
    ['{"__proto__":1,"constructor":2}', 2, 2],
  ])('%s names %d members, of which %d stay', (text, named, kept) => {
    expect([countMembers(Buffer.from(text)), countKept(JSON.parse(text))]).toEqual([named, kept]);
  });

  it('is bounded before a body is parsed', () => {
    const nested = (levels: number): Buffer => Buffer.from(`${'['.repeat(levels)}${']'.repeat(levels)}`);
    expect(() => parseJsonBody(nested(500))).not.toThrow();
    for (const levels of [501, 500_000]) expect(() => parseJsonBody(nested(levels))).toThrow(/500 levels/);
    expect(() => parseJsonBody(Buffer.from('[[['.repeat(300)))).toThrow(/500 levels/);
  });

  it('names no member twice in a body', () => {
    for (const text of ['{"a":1,"a":1}', '{"a":[{"b":1,"\\u0062":2}]}']) {
      expect(() => parseJsonBody(Buffer.from(text))).toThrow(/named twice/);
    }
    expect(parseJsonBody(Buffer.from('{"a":[{"b":1},{"b":2}]}'))).toEqual({ a: [{ b: 1 }, { b: 2 }] });
  });
});
