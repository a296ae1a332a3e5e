/**
 * Which requests take the short path: told from the head alone, so that one that does not is left untouched. Whatever
 * is unusual in any way is not for here, nor is anything that will be refused; the usual path knows how to say so.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import { HEADERS, MEDIA } from '@replog/contracts/http.js';
import type { WriteConcern } from '@replog/contracts/views.js';
import { negotiate } from '@replog/http/requests/negotiate.js';
import { readCredential } from '@replog/http/security/credentials.js';
import type { RequestHead } from '@replog/http/server/early-requests.js';
import { headerValues, parseIdempotencyKey } from '../parsing/parse-idempotency-key.js';
import { parseTimeout, parseWriteConcern } from '../parsing/parse-write-concern.js';

/** What the head of a write says. */
export interface WriteHead {
  /** One message a line. */
  readonly isBatch: boolean;
  readonly url: string;
  readonly route: '/messages' | '/messages/:wc';
  readonly concern: WriteConcern;
  readonly timeoutMs: number;
  /** The key of the header. */
  readonly key: string | null;
  readonly credential: string;
  readonly bodyBytes: number;
}

export interface HeadLimits {
  readonly defaultWriteConcern: WriteConcern;
  readonly writeConcernTimeoutMs: number;
  readonly maxSecondaries: number;
  readonly maxBodyBytes: number;
  readonly maxBatchBytes: number;
}

const TARGET = /^\/messages(?:\/([0-9a-z]+))?(?:\?timeout=(\d+))?$/;
const LENGTH = /^[1-9]\d{0,9}$/;
const JSON_TYPES: ReadonlySet<string | undefined> = new Set([MEDIA.json, `${MEDIA.json}; charset=utf-8`]);
const BATCH_TYPE = MEDIA.ndjson;
/** What clients send that want JSON or do not care, so that it need not be parsed every time. */
const JSON_ACCEPTS: ReadonlySet<string | undefined> = new Set([undefined, '*/*', MEDIA.json]);

/** `null`: the request is for the usual path. */
export function readHead(request: RequestHead, limits: HeadLimits): WriteHead | null {
  const { headers } = request;
  const isBatch = headers['content-type'] === BATCH_TYPE;
  if (request.method !== 'POST' || !(isBatch || JSON_TYPES.has(headers['content-type']))) return null;
  const { url = '' } = request;
  const target = TARGET.exec(url);
  const bodyBytes = LENGTH.test(headers['content-length'] ?? '') ? Number(headers['content-length']) : 0;
  const maxBytes = isBatch ? limits.maxBatchBytes : limits.maxBodyBytes;
  if (target === null || bodyBytes === 0 || bodyBytes > maxBytes) return null;
  // A batch takes its keys per line.
  if (isBatch && headers[HEADERS.idempotencyKey] !== undefined) return null;
  const credential = readCredential(headers);
  if (credential === null) return null;
  try {
    if (!JSON_ACCEPTS.has(headers.accept) && !wantsJson(headers.accept)) return null;
    const [, wc, timeout] = target;
    return {
      isBatch,
      url,
      route: wc === undefined ? '/messages' : '/messages/:wc',
      concern: wc === undefined ? limits.defaultWriteConcern : parseWriteConcern(wc, limits.maxSecondaries),
      timeoutMs: parseTimeout(timeout, limits.writeConcernTimeoutMs),
      key: headers[HEADERS.idempotencyKey] === undefined ? null : keyOf(request.rawHeaders),
      credential,
      bodyBytes,
    };
  } catch (error) {
    if (error instanceof ReplogError) return null;
    throw error;
  }
}

function wantsJson(accept: string | undefined): boolean {
  return negotiate(accept, [MEDIA.json, MEDIA.eventStream]) === MEDIA.json;
}

function keyOf(rawHeaders: readonly string[]): string | null {
  return parseIdempotencyKey(headerValues(rawHeaders, HEADERS.idempotencyKey));
}
