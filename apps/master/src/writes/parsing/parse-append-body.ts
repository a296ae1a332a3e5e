/**
 * The body of an append: a JSON object with a member `message` (any JSON value, `null` and `""` included) and, as in
 * a line of a batch, perhaps a `key`. Further members are ignored: clients of the service this one succeeds may send
 * more than we read, and a member we do not know cannot change what is stored.
 */
import { isUtf8 } from 'node:buffer';
import { ReplogError } from '@replog/contracts/errors.js';
import { findMember, skipSpace } from './find-members.js';
import { checkKey } from './parse-idempotency-key.js';

export interface ParsedMessage {
  /**
   * The value of `message` byte for byte as it came, but for line breaks between tokens, which are left out: one
   * message is one line in NDJSON and one `data:` field in an event stream.
   */
  readonly payload: Buffer;
  /** The member `key`; `null` where it is missing or `null`. */
  readonly key: string | null;
}

/** Deepest nesting of a message. Common JSON readers give up between 500 and some thousand levels. */
export const MAX_NESTING = 500;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const OPEN_OBJECT = 0x7b;

/** Throws ReplogError INVALID_BODY, INVALID_IDEMPOTENCY_KEY or MESSAGE_TOO_LARGE, with the reason. */
export function parseAppendBody(body: Buffer | undefined, maxMessageBytes: number): ParsedMessage {
  if (body === undefined || body.length === 0) {
    throw invalid('The body is missing: send a JSON object such as {"message": "hello"}.');
  }
  const object = parseObject(body);
  const span = findMember(body, 'message');
  if (span === null) throw invalid('The object has no member "message": send {"message": …} with any JSON value.');
  if (span.depth > MAX_NESTING) {
    throw invalid(`The message is nested ${span.depth} levels deep; ${MAX_NESTING} is the most that is taken.`);
  }
  const payload = withoutLineBreaks(body.subarray(span.start, span.end));
  if (payload.length > maxMessageBytes) throw tooLarge(payload.length, maxMessageBytes);
  return { payload, key: keyOf(object) };
}

function parseObject(body: Buffer): { readonly key?: unknown } {
  if (!isUtf8(body)) throw invalid('The body is not valid UTF-8.');
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw invalid(`The body is not JSON: ${reasonOf(error)}.`);
  }
  if (body[skipSpace(body, 0)] !== OPEN_OBJECT) {
    throw invalid(`The body is ${nameOf(value)}, not a JSON object: send {"message": …}.`);
  }
  return value as { readonly key?: unknown };
}

function keyOf(object: { readonly key?: unknown }): string | null {
  const { key } = object;
  if (key === undefined || key === null) return null;
  if (typeof key !== 'string') throw invalid(`The member "key" is ${nameOf(key)}, not a string.`);
  return checkKey(key);
}

/** In valid JSON a raw line break can only stand between tokens: inside strings it has to be escaped. */
function withoutLineBreaks(value: Buffer): Buffer {
  if (!value.includes(LINE_FEED) && !value.includes(CARRIAGE_RETURN)) return value;
  const kept = Buffer.allocUnsafe(value.length);
  let length = 0;
  for (const byte of value) if (byte !== LINE_FEED && byte !== CARRIAGE_RETURN) kept[length++] = byte;
  return kept.subarray(0, length);
}

function invalid(sentence: string): ReplogError {
  return new ReplogError('INVALID_BODY', sentence);
}

function tooLarge(bytes: number, maxBytes: number): ReplogError {
  const sentence = `The message has ${bytes} bytes; ${maxBytes} is the most that is taken (MAX_MESSAGE_BYTES).`;
  return new ReplogError('MESSAGE_TOO_LARGE', sentence, { extra: { bytes, maxBytes } });
}

/** V8 quotes a piece of the text in its message, over several lines where the text has them: one line is enough. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').slice(0, 200);
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
