/**
 * The head of a request, read without `node:http`, where it is plain: in one piece, written as nearly all clients write
 * it, with nothing in it that changes how the connection or the body is to be read. Whatever is not, down to a single
 * odd character, is `null`, and for `node:http` to understand or to refuse. So this is no second opinion on HTTP: it knows
 * a part of it that leaves no room for two.
 */
import type { RequestHead } from '../fast-path/fast-path.js';

export interface PlainHead extends RequestHead {
  /** As it came, with the empty line that ends it. */
  readonly bytes: Buffer;
  readonly bodyBytes: number;
  /** Its client asks for the connection to end with the answer. */
  readonly isLast: boolean;
}

const MAX_HEAD_BYTES = 8 * 1024;
const END = '\r\n\r\n';
const REQUEST = /^POST (\/[\x21-\x7e]*) HTTP\/1\.1$/;
const HEADER =
  /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*((?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?)[ \t]*$/;
const LENGTH = /^[1-9]\d{0,9}$/;
/** These say that more is to be done than to read `content-length` bytes and to answer; the last one is another `connection`. */
const NOT_PLAIN = ['transfer-encoding', 'expect', 'upgrade', 'trailer', 'proxy-connection'];

/** The head that `bytes` begin with. */
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
    // A copy: the buffer it came in holds the body as well.
    bytes: Buffer.from(bytes.subarray(0, end + END.length)),
    bodyBytes: Number(length),
    isLast: connection === 'close',
  };
}

/** By name in lower case. `null` where a line was none; names that came twice are left to those who know what each means. */
function headersOf(raw: readonly (string | null)[]): Record<string, string> | null {
  const headers: Record<string, string> = {};
  for (let at = 0; at < raw.length; at += 2) {
    const [name, value] = [raw[at], raw[at + 1]];
    if (typeof name !== 'string' || typeof value !== 'string') return null;
    const key = name.toLowerCase();
    // So are the names that every object has.
    if (key in headers) return null;
    headers[key] = value;
  }
  return headers;
}
