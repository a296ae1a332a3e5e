/**
 * Reads the head of a write, or refuses it. All rules about path, query and headers are here, in the order in which faults
 * are reported. The body is not read yet.
 */
import { parse } from 'node:querystring';
import { ReplogError } from '@replog/contracts/errors.js';
import { HEADERS, MEDIA } from '@replog/contracts/http.js';
import type { WriteConcern } from '@replog/contracts/views.js';
import type { RequestHead } from '@replog/http/fast-path/fast-path.js';
import { bodyTooLarge, refuseEncoding, unsupportedMediaType } from '@replog/http/requests/body-refusals.js';
import { negotiate } from '@replog/http/requests/negotiate.js';
import { refuseUnknownParameters } from '@replog/http/requests/parameters.js';
import type { RawReadQuery } from '@replog/http/requests/parameters.js';
import { checkBatchLength } from './parsing/parse-batch.js';
import { headerValues, parseIdempotencyKey } from './parsing/parse-idempotency-key.js';
import { parseTimeout, parseWriteConcern } from './parsing/parse-write-concern.js';

export const WRITE_PARAMETERS: readonly string[] = ['timeout'];

/** Path and query of a write. */
export interface WriteTarget {
  /** `undefined`: the default. */
  readonly wc: string | undefined;
  readonly query: RawReadQuery;
}

export interface WriteHead {
  /** NDJSON: one message per line. */
  readonly isBatch: boolean;
  /** The answer is an event stream. */
  readonly isLive: boolean;
  readonly concern: WriteConcern;
  readonly timeoutMs: number;
  /** From the header `Idempotency-Key`. */
  readonly key: string | null;
}

export interface WriteRules {
  readonly defaultWriteConcern: WriteConcern;
  readonly writeConcernTimeoutMs: number;
  readonly maxSecondaries: number;
  readonly maxBodyBytes: number;
  readonly maxBatchBytes: number;
  /** Throws if the headers hold no valid client key. */
  requireKey(headers: RequestHead['headers']): void;
}

/** The usual form of the target. A path that has to be decoded or normalized is left to the router. */
const TARGET = /^\/messages(?:\/([\w-]{1,64}))?(?:\?([^#]*))?$/;

/** `null`: not a write, or a write with an unusual path. */
export function readTarget({ method, url = '' }: RequestHead): WriteTarget | null {
  const found = method === 'POST' ? TARGET.exec(url) : null;
  if (found === null) return null;
  const [, wc, query] = found;
  return { wc, query: query === undefined ? {} : parse(query) };
}

export function readWriteHead({ wc, query }: WriteTarget, request: RequestHead, rules: WriteRules): WriteHead {
  const { headers, rawHeaders } = request;
  const isBatch = readType(headers) === MEDIA.ndjson;
  refuseEncoding(headers['content-encoding']);
  const length = headers['content-length'];
  if (!isBatch && Number(length ?? 0) > rules.maxBodyBytes) throw bodyTooLarge();
  rules.requireKey(headers);
  const concern = wc === undefined ? rules.defaultWriteConcern : parseWriteConcern(wc, rules.maxSecondaries);
  const isLive = negotiate(headers.accept, [MEDIA.json, MEDIA.eventStream]) === MEDIA.eventStream;
  refuseUnknownParameters(query, WRITE_PARAMETERS);
  const timeoutMs = parseTimeout(query['timeout'], rules.writeConcernTimeoutMs);
  const key = readKey(headers, rawHeaders);
  if (isBatch && key !== null) throw keyOfBatch();
  if (isBatch) checkBatchLength(length, rules.maxBatchBytes);
  return { isBatch, isLive, concern, timeoutMs, key };
}

/** Ignores parameters of the type. A request with neither type nor body is refused for its missing body later. */
function readType(headers: RequestHead['headers']): string {
  const { 'content-type': sent, 'content-length': length, 'transfer-encoding': encoding } = headers;
  if (sent === undefined && encoding === undefined && (length === undefined || length === '0')) return MEDIA.json;
  const [type = ''] = (sent ?? '').split(';', 1);
  const known = [MEDIA.json, MEDIA.ndjson].find((media) => media === type.trim().toLowerCase());
  if (known === undefined) throw unsupportedMediaType();
  return known;
}

function readKey(headers: RequestHead['headers'], rawHeaders: readonly string[]): string | null {
  // Few requests have a key, and searching the raw headers is slow.
  if (headers[HEADERS.idempotencyKey] === undefined) return null;
  return parseIdempotencyKey(headerValues(rawHeaders, HEADERS.idempotencyKey));
}

function keyOfBatch(): ReplogError {
  const sentence = 'A batch takes its keys per line, as "key", and not in the header Idempotency-Key.';
  return new ReplogError('INVALID_IDEMPOTENCY_KEY', sentence, { extra: { field: 'Idempotency-Key' } });
}
