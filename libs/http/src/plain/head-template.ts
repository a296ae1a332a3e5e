/**
 * What the heads have in common that come on one connection: everything but the values of a few headers, which are new with
 * each message. The next head is compared with that, byte for byte, and only those values are read.
 */
import { HEADERS } from '@replog/contracts/http.js';

import type { PlainHead } from './plain-head.js';

/** The values that may differ, as they came. */
export interface HeadValues {
  /** Of the head, with the empty line that ends it. */
  readonly headBytes: number;
  readonly bodyBytes: number;
  /** `null` without the header. */
  readonly idempotencyKey: string | null;
  readonly requestId: string | null;
}

const LENGTH = 'content-length';
const HOLES: readonly string[] = [LENGTH, HEADERS.idempotencyKey, HEADERS.requestId];
/** A name, and the space behind its colon. */
const BEFORE_VALUE = /^([^:]+):[ \t]*/;

const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const MAX_DIGITS = 10;
const SPACE = 0x20;
const LAST_VISIBLE = 0x7e;
const MAX_VALUE_BYTES = 255;

/** The bytes up to a value, and whose it is. */
interface Piece {
  readonly before: Buffer;
  readonly name: string;
}

export class HeadTemplate {
  private readonly pieces: readonly Piece[];
  private readonly rest: Buffer;

  constructor({ bytes, headers }: PlainHead) {
    const pieces: Piece[] = [];
    let from = 0;
    let line = 0;
    for (const text of bytes.toString('latin1').split('\r\n')) {
      const [start = '', named = ''] = BEFORE_VALUE.exec(text) ?? [];
      const name = named.toLowerCase();
      if (HOLES.includes(name)) {
        pieces.push({ before: bytes.subarray(from, line + start.length), name });
        from = line + start.length + String(headers[name]).length;
      }
      line += text.length + 2;
    }
    this.pieces = pieces;
    this.rest = bytes.subarray(from);
  }

  /** The values in the head that `bytes` begin with; `null` where it is another one, or has one that has to be looked at. */
  match(bytes: Buffer): HeadValues | null {
    let at = 0;
    let bodyBytes = 0;
    let idempotencyKey: string | null = null;
    let requestId: string | null = null;
    for (const { before, name } of this.pieces) {
      if (!isAt(bytes, at, before)) return null;
      at += before.length;
      const end = name === LENGTH ? endOfDigits(bytes, at) : endOfText(bytes, at);
      if (end === at) return null;
      if (name === LENGTH) bodyBytes = numberIn(bytes, at, end);
      else if (name === HEADERS.idempotencyKey) idempotencyKey = bytes.toString('latin1', at, end);
      else requestId = bytes.toString('latin1', at, end);
      at = end;
    }
    if (!isAt(bytes, at, this.rest)) return null;
    return { headBytes: at + this.rest.length, bodyBytes, idempotencyKey, requestId };
  }
}

function isAt(bytes: Buffer, at: number, part: Buffer): boolean {
  const end = at + part.length;
  return end <= bytes.length && bytes.compare(part, 0, part.length, at, end) === 0;
}

/** Where the number ends that begins at `from`; `from` where it begins with 0, or is none. */
function endOfDigits(bytes: Buffer, from: number): number {
  if (bytes[from] === DIGIT_0) return from;
  const most = Math.min(bytes.length, from + MAX_DIGITS);
  let at = from;
  while (at < most && isBetween(bytes[at] as number, DIGIT_0, DIGIT_9)) at += 1;
  return at;
}

function numberIn(bytes: Buffer, from: number, end: number): number {
  let number = 0;
  for (let at = from; at < end; at++) number = number * 10 + (bytes[at] as number) - DIGIT_0;
  return number;
}

/** Where the text ends that begins at `from`; `from` where it begins or ends with a space, or is none. */
function endOfText(bytes: Buffer, from: number): number {
  const most = Math.min(bytes.length, from + MAX_VALUE_BYTES);
  let at = from;
  while (at < most && isBetween(bytes[at] as number, SPACE, LAST_VISIBLE)) at += 1;
  return bytes[from] === SPACE || bytes[at - 1] === SPACE ? from : at;
}

function isBetween(byte: number, low: number, high: number): boolean {
  return byte >= low && byte <= high;
}
