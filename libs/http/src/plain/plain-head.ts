/**
 * Reads the head of a request without `node:http` if it is plain: in one piece, in the usual form, and with nothing
 * that changes how the connection or the body is read. Anything else, down to a single unusual character, is `null`,
 * and `node:http` reads or refuses it. So anything that `node:http` could read differently is left to it.
 */
import type { RequestHead } from '../fast-path/fast-path.js';

export interface PlainHead extends RequestHead {
  /** As it arrived, with the empty line at its end. */
  readonly bytes: Buffer;
  readonly bodyBytes: number;
  /** The client asks to end the connection after the answer. */
  readonly isLast: boolean;
}

const MAX_HEAD_BYTES = 8 * 1024;
const END = '\r\n\r\n';
const REQUEST = /^POST (\/[\x21-\x7e]*) HTTP\/1\.1$/;
/**
 * No tab, and no space behind the value: `node:http` skips them for some headers, and refuses or ignores the value of
 * others.
 */
const HEADER =
  /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): *((?:[\x21-\x7e\x80-\xff](?:[\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?)$/;
const LENGTH = /^[1-9]\d{0,9}$/;
/**
 * These headers ask for more than reading `content-length` bytes and answering; the last one is another `connection`.
 */
const NOT_PLAIN = ['transfer-encoding', 'expect', 'upgrade', 'trailer', 'proxy-connection'];

/** The head at the start of `bytes`. */
export function readPlainHead(bytes: Buffer): PlainHead | null {
  const end = bytes.subarray(0, MAX_HEAD_BYTES).indexOf(END, 0, 'latin1');
  if (end === -1) return null;
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const url = REQUEST.exec(first)?.[1];
  if (url === undefined) return null;
  const rawHeaders = lines.flatMap((line) => HEADER.exec(line)?.slice(1) ?? [null]);
  const headers = headersOf(rawHeaders);
  if (headers === null || headers['host'] === undefined || NOT_PLAIN.some((name) => name in headers)) return null;
  const connection = headers['connection']?.toLowerCase() ?? 'keep-alive';
  const length = headers['content-length'] ?? '';
  if (!LENGTH.test(length) || (connection !== 'keep-alive' && connection !== 'close')) return null;
  return {
    method: 'POST',
    url,
    headers,
    rawHeaders: rawHeaders as string[],
    // A copy: the buffer also holds the body.
    bytes: Buffer.from(bytes.subarray(0, end + END.length)),
    bodyBytes: Number(length),
    isLast: connection === 'close',
  };
}

/**
 * By name in lower case. `null` if a line is not a header. Repeated names are left to `node:http`, which knows the rule
 * for each.
 */
function headersOf(raw: readonly (string | null)[]): Record<string, string> | null {
  const headers: Record<string, string> = {};
  for (let at = 0; at < raw.length; at += 2) {
    const [name, value] = [raw[at], raw[at + 1]];
    if (typeof name !== 'string' || typeof value !== 'string') return null;
    const key = name.toLowerCase();
    // Also names of properties that every object has.
    if (key in headers) return null;
    headers[key] = value;
  }
  return headers;
}
