/** Checks the parameters of a read. Pure: its spec needs no server. */
import { ReplogError } from '@replog/contracts/errors.js';
import { MEDIA } from '@replog/contracts/http.js';
import { MAX_READ_LIMIT } from '@replog/contracts/limits.js';
import type { AskedPlace } from '@replog/contracts/place.js';
import type { ReadConcern } from '@replog/contracts/views.js';
import { invalidParameter, parsePlace, wholeNumber } from '@replog/http/requests/parameters.js';
import type { RawReadQuery, RawValue } from '@replog/http/requests/parameters.js';
import { quote } from '@replog/http/requests/quote.js';
import { negotiate } from '@replog/http/requests/negotiate.js';
import { READ_CONCERNS, READ_FORMATS } from '@replog/cluster/reads/read-query.js';
import type { ReadQuery } from '@replog/cluster/reads/read-query.js';

export interface RawReadHeaders {
  readonly accept?: string | undefined;
  readonly lastEventId?: RawValue;
}

const FROM_THE_START: AskedPlace = { seq: 0, epoch: null };

/** Throws ReplogError INVALID_PARAMETER with `field`, NOT_ACCEPTABLE, or FORBIDDEN for a tail token without a tail. */
export function parseReadQuery(raw: RawReadQuery, headers: RawReadHeaders = {}): ReadQuery {
  const format = negotiate(headers.accept, READ_FORMATS);
  const isTail = format === MEDIA.eventStream;
  if (raw['token'] !== undefined && !isTail) throw tailOnly();
  const after = parsePlace('after', raw['after']) ?? FROM_THE_START;
  const lastEventId = parsePlace('Last-Event-ID', headers.lastEventId);
  const limit = wholeNumber('limit', raw['limit'], 1, MAX_READ_LIMIT) ?? Infinity;
  const concern = parseConcern(raw['concern']);
  if (isTail && concern === 'linearizable') {
    throw invalidParameter(
      'concern',
      'A live tail cannot be linearizable, because it has no end: use majority, or read without a tail.',
    );
  }
  const { seq, epoch } = (isTail ? lastEventId : null) ?? after;
  return { format, afterSeq: seq, afterEpoch: epoch, limit, concern };
}

function tailOnly(): ReplogError {
  const sentence = 'A tail token opens a live tail only: accept text/event-stream, or send an API key and no token.';
  return new ReplogError('FORBIDDEN', sentence);
}

function parseConcern(raw: RawValue): ReadConcern {
  if (raw === undefined) return 'local';
  const concern = READ_CONCERNS.find((one) => one === raw);
  if (concern === undefined) {
    throw invalidParameter('concern', `concern must be one of ${READ_CONCERNS.join(', ')}, not ${quote(raw)}.`);
  }
  return concern;
}
