/**
 * What the head of a write asks for, or why it is refused. Every rule of its path, query and headers stands here, in the order
 * in which the faults are told; of the body nothing is known yet.
 */
import { parse } from 'node:querystring';
import { ReplogError } from '@replog/contracts/errors.js';
import { HEADERS, MEDIA } from '@replog/contracts/http.js';
import type { WriteConcern } from '@replog/contracts/views.js';
import type { RequestHead } from '@replog/http/fast-path/fast-path.js';
import { bodyTooLarge, unsupportedMediaType } from '@replog/http/requests/body-refusals.js';
import { negotiate } from '@replog/http/requests/negotiate.js';
import { refuseUnknownParameters } from '@replog/http/requests/parameters.js';
import type { RawReadQuery } from '@replog/http/requests/parameters.js';
import { checkBatchLength } from './parsing/parse-batch.js';
import { headerValues, parseIdempotencyKey } from './parsing/parse-idempotency-key.js';
import { parseTimeout, parseWriteConcern } from './parsing/parse-write-concern.js';

/** Which write a request is: its path and query. */
export interface WriteTarget {
  /** `undefined`: the default. */
  readonly wc: string | undefined;
  readonly query: RawReadQuery;
}

export interface WriteHead {
  /** One message a line. */
  readonly isBatch: boolean;
  /** The acknowledgements are told as they come. */
  readonly isLive: boolean;
  readonly concern: WriteConcern;
  readonly timeoutMs: number;
  /** The key of the header. */
  readonly key: string | null;
}

export interface WriteRules {
  readonly defaultWriteConcern: WriteConcern;
  readonly writeConcernTimeoutMs: number;
  readonly maxSecondaries: number;
  readonly maxBodyBytes: number;
  readonly maxBatchBytes: number;
  /** Throws where the headers show no key that opens a client's route. */
  requireKey(headers: RequestHead['headers']): void;
}

/** The target as nearly all clients write it. What has to be decoded or normalized is left to the router. */
const TARGET = /^\/messages(?:\/([\w-]{1,64}))?(?:\?([^#]*))?$/;

/** `null`: no write, or one with an unusual path. */
export function readTarget({ method, url = '' }: RequestHead): WriteTarget | null {
  const found = method === 'POST' ? TARGET.exec(url) : null;
  if (found === null) return null;
  const [, wc, query] = found;
  return { wc, query: query === undefined ? {} : parse(query) };
}

/** Throws the ReplogError of the first fault. */
export function readWriteHead({ wc, query }: WriteTarget, request: RequestHead, rules: WriteRules): WriteHead {
  const { headers, rawHeaders } = request;
  const isBatch = readType(headers) === MEDIA.ndjson;
  const length = headers['content-length'];
  if (!isBatch && Number(length ?? 0) > rules.maxBodyBytes) throw bodyTooLarge();
  rules.requireKey(headers);
  const concern = wc === undefined ? rules.defaultWriteConcern : parseWriteConcern(wc, rules.maxSecondaries);
  const isLive = negotiate(headers.accept, [MEDIA.json, MEDIA.eventStream]) === MEDIA.eventStream;
  refuseUnknownParameters(query, ['timeout']);
  const timeoutMs = parseTimeout(query['timeout'], rules.writeConcernTimeoutMs);
  const key = readKey(headers, rawHeaders);
  if (isBatch && key !== null) throw keyOfBatch();
  if (isBatch) checkBatchLength(length, rules.maxBatchBytes);
  return { isBatch, isLive, concern, timeoutMs, key };
}

/** Parameters of the type are passed over. A request that has neither type nor body is told of its body. */
function readType(headers: RequestHead['headers']): string {
  const { 'content-type': sent, 'content-length': length, 'transfer-encoding': encoding } = headers;
  if (sent === undefined && encoding === undefined && (length === undefined || length === '0')) return MEDIA.json;
  const [type = ''] = (sent ?? '').split(';', 1);
  const known = [MEDIA.json, MEDIA.ndjson].find((media) => media === type.trim().toLowerCase());
  if (known === undefined) throw unsupportedMediaType();
  return known;
}

function readKey(headers: RequestHead['headers'], rawHeaders: readonly string[]): string | null {
  // Nearly no head has one, and the raw ones take a while to go through.
  if (headers[HEADERS.idempotencyKey] === undefined) return null;
  return parseIdempotencyKey(headerValues(rawHeaders, HEADERS.idempotencyKey));
}

function keyOfBatch(): ReplogError {
  const sentence = 'A batch takes its keys per line, as "key", and not in the header Idempotency-Key.';
  return new ReplogError('INVALID_IDEMPOTENCY_KEY', sentence, { extra: { field: 'Idempotency-Key' } });
}
