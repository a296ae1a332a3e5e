/**
 * The body of an append: a JSON object with a member `message` (any JSON value, also `null` and `""`) and an optional
 * `key`, like a line of a batch. Any other member is refused, and one that is named twice: a misspelt `key` would be
 * dropped in silence, and exactly-once with it.
 */
import { isUtf8 } from 'node:buffer';
import { ReplogError } from '@replog/contracts/errors.js';
import { MAX_NESTING, nestsDeeper } from '@replog/http/requests/json-shape.js';
import { unknownMember } from '@replog/http/requests/unknown-name.js';
import { findMember, isSecondObjectIn, skipSpace } from './find-members.js';
import { checkKey } from './parse-idempotency-key.js';

export interface ParsedMessage {
  /**
   * The bytes of `message` as they came, without line breaks between tokens: one message is one line in NDJSON and one
   * `data:` field in an event stream.
   */
  readonly payload: Buffer;
  /** The member `key`; `null` if missing or `null`. */
  readonly key: string | null;
}

/** What is shorter nests too little to cost much. Longer bytes are measured before they are parsed. */
const MAX_UNMEASURED_BYTES = 16 * 1024;

/** The usual reason: a batch that curl has sent without its line feeds. */
const SEVERAL_OBJECTS =
  ' One object follows another: send a batch as application/x-ndjson with one object a line. curl removes the line ' +
  'feeds with -d @file; use --data-binary @file.';

const MEMBERS: readonly string[] = ['message', 'key'];

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const OPEN_OBJECT = 0x7b;

/** Throws ReplogError INVALID_BODY, INVALID_IDEMPOTENCY_KEY or MESSAGE_TOO_LARGE, with the reason. */
export function parseAppendBody(body: Buffer | undefined, maxMessageBytes: number): ParsedMessage {
  if (body === undefined || body.length === 0) {
    throw invalid('The body is missing: send a JSON object such as {"message": "hello"}.');
  }
  const object = parseObject(body);
  const names = countNames(object);
  const { value: span, members } = findMember(body, 'message');
  if (members > names) throw invalid('A member is named twice: send "message" once, and "key" at most once.');
  if (span === null) throw invalid('The object has no member "message": send {"message": …} with any JSON value.');
  if (span.depth > MAX_NESTING) {
    throw invalid(`The message is nested ${span.depth} levels deep; the limit is ${MAX_NESTING}.`);
  }
  const payload = withoutLineBreaks(body.subarray(span.start, span.end));
  if (payload.length > maxMessageBytes) throw tooLarge(payload.length, maxMessageBytes);
  return { payload, key: keyOf(object) };
}

function parseObject(body: Buffer): { readonly key?: unknown } {
  if (!isUtf8(body)) throw invalid('The body is not valid UTF-8.');
  // One level more: the object around the message.
  if (body.length > MAX_UNMEASURED_BYTES && nestsDeeper(body, MAX_NESTING + 1)) {
    throw invalid(`The message is nested more than ${MAX_NESTING} levels deep, the limit.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw invalid(`The body is not JSON: ${reasonOf(error)}.${isSecondObjectIn(body) ? SEVERAL_OBJECTS : ''}`);
  }
  if (body[skipSpace(body, 0)] !== OPEN_OBJECT) {
    throw invalid(`The body is ${nameOf(value)}, not a JSON object: send {"message": …}.`);
  }
  return value as { readonly key?: unknown };
}

/** Throws ReplogError INVALID_BODY for a name that is not known here. */
function countNames(object: object): number {
  const names = Object.keys(object);
  for (const name of names) if (!MEMBERS.includes(name)) throw unknownMember(name, MEMBERS);
  return names.length;
}

function keyOf(object: { readonly key?: unknown }): string | null {
  const { key } = object;
  if (key === undefined || key === null) return null;
  if (typeof key !== 'string') throw invalid(`The member "key" is ${nameOf(key)}, not a string.`);
  return checkKey(key);
}

/** In valid JSON a raw line break only occurs between tokens: inside strings it is escaped. */
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
  const sentence = `The message has ${bytes} bytes; the limit is ${maxBytes} (MAX_MESSAGE_BYTES).`;
  return new ReplogError('MESSAGE_TOO_LARGE', sentence, { extra: { bytes, maxBytes } });
}

/** V8 quotes part of the text in its error message, with its line breaks: this keeps it on one line. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').slice(0, 200);
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
