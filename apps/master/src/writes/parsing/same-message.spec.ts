import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameMessage } from './same-message.js';

const same = (one: string, other: string): boolean => sameMessage(Buffer.from(one), Buffer.from(other));

/** A JSON text as a tree: numbers and strings as written, members in the order written, also doubled ones. */
type Text =
  | { readonly kind: 'word' | 'number' | 'string'; readonly text: string }
  | { readonly kind: 'array'; readonly items: readonly Text[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [name: string, value: Text])[] };

const number = fc.constantFrom('0', '-0', '1', '1.0', '1e5', '1E5', '12345678901234567', '12345678901234568', '1e400');
/** Few different strings, so that equal ones are common. Some say the same in another way, or look like other tokens. */
const string = fc.constantFrom(
  '"a"',
  '"\\u0061"',
  '"1"',
  '"s"',
  '"sa"',
  '""',
  '"number"',
  '"12345678901234567"',
  '"\\""',
  '"\\\\"',
  '"{\\"a\\":1}"',
  '":"',
  '"%"',
  '"%0022"',
  '"\\n"',
  '"\\ud800"',
  '"\\ud801"',
  '"__proto__"',
);
const { tree } = fc.letrec<{ tree: Text }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('null', 'true', 'false').map((text): Text => ({ kind: 'word', text })),
    number.map((text): Text => ({ kind: 'number', text })),
    string.map((text): Text => ({ kind: 'string', text })),
    fc.array(tie('tree'), { maxLength: 3 }).map((items): Text => ({ kind: 'array', items })),
    fc.array(fc.tuple(string, tie('tree')), { maxLength: 3 }).map((members): Text => ({ kind: 'object', members })),
  ),
}));

function write(text: Text, gap: string): string {
  switch (text.kind) {
    case 'array':
      return `${gap}[${text.items.map((item) => write(item, gap)).join(`${gap},`)}${gap}]`;
    case 'object':
      return `${gap}{${text.members.map(([name, value]) => `${gap}${name}${gap}:${write(value, gap)}`).join(',')}${gap}}`;
    default:
      return `${gap}${text.text}`;
  }
}

/** The slow reference: compares the trees, without `JSON.parse` of anything but a single string. */
function equal(one: Text, other: Text): boolean {
  if (one.kind === 'array') {
    const { items } = one;
    if (other.kind !== 'array' || other.items.length !== items.length) return false;
    return items.every((item, place) => equal(item, other.items[place] as Text));
  }
  if (one.kind === 'object') {
    if (other.kind !== 'object' || other.members.length !== one.members.length) return false;
    return one.members.every(([name, value]) => {
      const named = other.members.filter(([candidate]) => decoded(candidate) === decoded(name));
      const isSingle = one.members.filter(([candidate]) => decoded(candidate) === decoded(name)).length === 1;
      return isSingle && named.length === 1 && equal(value, named[0]?.[1] as Text);
    });
  }
  if (one.kind === 'string') return other.kind === 'string' && decoded(one.text) === decoded(other.text);
  return one.kind === other.kind && one.text === other.text;
}

const decoded = (text: string): unknown => JSON.parse(text);

/** The same message written otherwise: members turned round, strings escaped in full. */
function otherwise(text: Text): Text {
  switch (text.kind) {
    case 'array':
      return { kind: 'array', items: text.items.map(otherwise) };
    case 'object':
      return {
        kind: 'object',
        members: text.members.map(([name, value]) => [escaped(name), otherwise(value)] as const).reverse(),
      };
    case 'string':
      return { kind: 'string', text: escaped(text.text) };
    default:
      return text;
  }
}

function escaped(text: string): string {
  const units = (JSON.parse(text) as string).split('');
  return `"${units.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;
}

describe('sameMessage', () => {
  it('ignores white space, the order of members and escapes', () => {
    expect(same('{"a":1,"b":[true,null]}', '{ "b": [true, null], "a": 1 }')).toBe(true);
    expect(same('"a/b"', '"\\u0061\\/b"')).toBe(true);
    expect(same('null', ' null')).toBe(true);
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        return same(JSON.stringify(value), JSON.stringify(reversed, null, 2));
      }),
    );
  });

  it.each([
    ['1', '2'],
    ['1', '"1"'],
    ['[1,2]', '[2,1]'],
    ['{}', '[]'],
    ['[]', '[[]]'],
    ['{}', '{"__proto__":{}}'],
    ['null', '{}'],
    ['null', '[null]'],
    ['{"a":null}', '{}'],
    ['"\\ud800"', '"\\ud801"'],
  ])('tells %s from %s', (one, other) => {
    expect(same(one, other)).toBe(false);
  });

  it.each([
    ['1.0', '1'],
    ['1.50', '1.5'],
    ['-0', '0'],
    ['1e5', '1E5'],
    ['1e5', '100000'],
    ['1e400', '1e500'],
    ['9007199254740993', '9007199254740992'],
    ['{"id":12345678901234567890}', '{"id":12345678901234567891}'],
  ])('compares numbers as written: %s is not %s', (one, other) => {
    expect(same(one, other)).toBe(false);
  });

  it.each([
    ['12345678901234567', '{"number":"12345678901234567"}'],
    ['[1e5]', '[{"number":"1e5"}]'],
    ['12345678901234567', '"12345678901234567"'],
    ['"s"', '""'],
    ['"s1"', '1'],
    ['{"s":1}', '{"":1}'],
  ])('takes no value for what stands in for another: %s, %s', (one, other) => {
    expect(same(one, other)).toBe(false);
    expect(same(other, one)).toBe(false);
  });

  it.each([
    ['{"pay":10,"pay":20}', '{"pay":99,"pay":20}'],
    ['{"a":1,"a":2}', '{"a":2}'],
    ['{"a":1,"a":1}', '{"a":1}'],
    ['{"a":1,"\\u0061":2}', '{"a":2}'],
    ['[{"a":1,"a":2}]', '[{"a":1, "a":2}]'],
    ['{"a":1,"a":2}', '{"b":1,"b":2}'],
  ])('is sure of a doubled member only if the bytes are equal: %s, %s', (one, other) => {
    expect(same(one, other)).toBe(false);
    expect(same(other, one)).toBe(false);
    expect(same(one, one)).toBe(true);
  });

  it.each([
    ['"%0022"', '"\\""'],
    ['"%"', '"%0025"'],
    ['"\\n"', '"n"'],
    ['"\\u0000"', '"%0000"'],
  ])('takes no text for a character that it stands for: %s, %s', (one, other) => {
    expect(same(one, other)).toBe(false);
    expect(same(one, ` ${one}`)).toBe(true);
  });

  it('agrees with a slow comparison of the texts', () => {
    fc.assert(
      fc.property(tree, tree, fc.constantFrom('', ' ', '\t\r\n'), (one, other, gap) => {
        const [first, second] = [write(one, ''), write(other, gap)];
        expect(same(first, second)).toBe(first === second || equal(one, other));
        const again = otherwise(one);
        const third = write(again, gap);
        expect(same(first, third)).toBe(first === third || equal(one, again));
      }),
      { numRuns: 5_000 },
    );
  });

  it('compares a long string full of escapes, quotes and what looks like numbers', () => {
    const text = JSON.stringify('\\"12345678901234567890:'.repeat(40_000));
    expect(same(text, ` ${text}`)).toBe(true);
    const quotes = JSON.stringify('"'.repeat(9_000_000));
    expect(same(quotes, ` ${quotes}`)).toBe(true);
  });
});
