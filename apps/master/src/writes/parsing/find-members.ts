/**
 * Finds the bytes of a top-level member's value in a JSON object, so that a message is stored exactly as it came:
 * numbers keep their digits, lone surrogates their escapes, objects their doubled members.
 *
 * It does not validate: the bytes must have passed `JSON.parse`, which keeps every step simple. No step recurses, so
 * nesting costs a counter and no stack.
 */
import {
  QUOTE,
  BACKSLASH,
  COMMA,
  OPEN_ARRAY,
  CLOSE_ARRAY,
  OPEN_OBJECT,
  CLOSE_OBJECT,
  SPACE,
  TAB,
  LINE_FEED,
  CARRIAGE_RETURN,
} from './json-bytes.js';

export interface ValueSpan {
  readonly start: number;
  /** First byte after the value. */
  readonly end: number;
  /** Levels of arrays and objects in the value; 0 for a string, number or word. */
  readonly depth: number;
}

export interface FoundMember {
  /** The value, the last one if there are several, like `JSON.parse`; `null` without that member. */
  readonly value: ValueSpan | null;
  /** Members of the object as written: more than `JSON.parse` keeps if one is named twice. */
  readonly members: number;
}

export function findMember(object: Buffer, name: string): FoundMember {
  let found: ValueSpan | null = null;
  let members = 0;
  let at = skipSpace(object, skipSpace(object, 0) + 1);
  while (object[at] === QUOTE) {
    const keyEnd = endOfString(object, at);
    const isWanted = isKey(object, at, keyEnd, name);
    const valueStart = skipSpace(object, skipSpace(object, keyEnd) + 1);
    const value = spanOfValue(object, valueStart);
    if (isWanted) found = value;
    members += 1;
    at = skipSpace(object, value.end);
    if (object[at] === COMMA) at = skipSpace(object, at + 1);
  }
  return { value: found, members };
}

/** Does another object follow the first one? Unlike the rest here, it takes any bytes. */
export function isSecondObjectIn(bytes: Buffer): boolean {
  const start = skipSpace(bytes, 0);
  if (bytes[start] !== OPEN_OBJECT) return false;
  return bytes[skipSpace(bytes, spanOfContainer(bytes, start).end)] === OPEN_OBJECT;
}

/** First byte from `at` on that is not white space; the length if only white space follows. */
export function skipSpace(bytes: Buffer, at: number): number {
  while (at < bytes.length && isSpace(bytes[at] as number)) at++;
  return at;
}

function isKey(bytes: Buffer, start: number, end: number, name: string): boolean {
  const raw = bytes.toString('utf8', start, end);
  return raw.includes('\\') ? JSON.parse(raw) === name : raw.length === name.length + 2 && raw.slice(1, -1) === name;
}

function spanOfValue(bytes: Buffer, start: number): ValueSpan {
  switch (bytes[start]) {
    case QUOTE:
      return { start, end: endOfString(bytes, start), depth: 0 };
    case OPEN_ARRAY:
    case OPEN_OBJECT:
      return spanOfContainer(bytes, start);
    default:
      return { start, end: endOfWord(bytes, start), depth: 0 };
  }
}

function spanOfContainer(bytes: Buffer, start: number): ValueSpan {
  let open = 0;
  let depth = 0;
  let at = start;
  do {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = endOfString(bytes, at);
      continue;
    }
    if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) depth = Math.max(depth, ++open);
    else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) open--;
    at++;
  } while (open > 0 && at < bytes.length);
  return { start, end: at, depth };
}

function endOfString(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

/** End of a number, `true`, `false` or `null`: the next delimiter. */
function endOfWord(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length) {
    const byte = bytes[at] as number;
    if (byte === COMMA || byte === CLOSE_OBJECT || isSpace(byte)) break;
    at++;
  }
  return at;
}

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === LINE_FEED || byte === CARRIAGE_RETURN;
}
