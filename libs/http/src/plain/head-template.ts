/**
 * The common part of the heads on one connection: everything except the values of a few headers that change with each
 * message. The next head is compared with it byte by byte, and only those values are read.
 */
import { HEADERS } from '@replog/contracts/http.js';

import type { PlainHead } from './plain-head.js';

/** The values that may differ, as they arrived. */
export interface HeadValues {
  /** Length of the head, with the empty line at its end. */
  readonly headBytes: number;
  readonly bodyBytes: number;
  /** `null` if there is no such header. */
  readonly idempotencyKey: string | null;
  readonly requestId: string | null;
}

const LENGTH = 'content-length';
const HOLES: readonly string[] = [LENGTH, HEADERS.idempotencyKey, HEADERS.requestId];
/** A header name, and the spaces after its colon. */
const BEFORE_VALUE = /^([^:]+): */;

const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const MAX_DIGITS = 10;
const SPACE = 0x20;
const LAST_VISIBLE = 0x7e;
const MAX_VALUE_BYTES = 255;

/** The bytes up to a value, and the name of its header. */
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

  /**
   * The values in the head at the start of `bytes`; `null` if the head is a different one, or a value needs the full
   * parser.
   */
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

/** The end of the number that begins at `from`; `from` if it begins with 0 or there is no number. */
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

/** The end of the text that begins at `from`; `from` if it begins or ends with a space, or there is no text. */
function endOfText(bytes: Buffer, from: number): number {
  const most = Math.min(bytes.length, from + MAX_VALUE_BYTES);
  let at = from;
  while (at < most && isBetween(bytes[at] as number, SPACE, LAST_VISIBLE)) at += 1;
  return bytes[from] === SPACE || bytes[at - 1] === SPACE ? from : at;
}

function isBetween(byte: number, low: number, high: number): boolean {
  return byte >= low && byte <= high;
}
