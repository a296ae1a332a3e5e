import { ReplogError } from '@replog/contracts/errors.js';
import { MEDIA } from '@replog/contracts/http.js';
import { MAX_READ_LIMIT } from '@replog/contracts/limits.js';
import { describe, expect, it } from 'vitest';
import { negotiate } from '@replog/http/requests/negotiate.js';
import { parseReadQuery } from './parse-read-query.js';
import { READ_FORMATS } from '@replog/cluster/reads/read-query.js';
import { parseSeq } from '@replog/http/requests/parameters.js';
import type { RawReadHeaders } from './parse-read-query.js';
import type { RawReadQuery } from '@replog/http/requests/parameters.js';

function refusalOf(run: () => unknown): ReplogError {
  try {
    run();
  } catch (error) {
    if (error instanceof ReplogError) return error;
    throw error;
  }
  throw new Error('not refused');
}

describe('negotiate', () => {
  it('chooses the most preferred format, of equals the first on offer', () => {
    for (const [accept, format] of [
      [undefined, MEDIA.json],
      ['', MEDIA.json],
      ['*/*', MEDIA.json],
      ['text/html, */*;q=0.1', MEDIA.json],
      ['application/*', MEDIA.json],
      ['application/json;charset=utf-8', MEDIA.json],
      ['application/x-ndjson', MEDIA.ndjson],
      ['Application/X-NDJSON', MEDIA.ndjson],
      ['application/json;q=0.5, application/x-ndjson', MEDIA.ndjson],
      ['application/json;q=0, */*', MEDIA.ndjson],
      ['text/event-stream', MEDIA.eventStream],
      ['text/*', MEDIA.eventStream],
      ['*/*;q=0.8, text/event-stream', MEDIA.eventStream],
    ] as const) {
      expect(negotiate(accept, READ_FORMATS)).toBe(format);
    }
  });

  it('refuses if no format on offer is accepted', () => {
    for (const accept of ['text/html', 'json', 'application/json;q=0', '*/*;q=0', 'application/json;q=x', '/', '*']) {
      const refusal = refusalOf(() => negotiate(accept, READ_FORMATS));
      expect(refusal.code).toBe('NOT_ACCEPTABLE');
      expect(refusal.message).toContain(MEDIA.ndjson);
    }
  });
});

describe('parseReadQuery', () => {
  it('reads every durable message by default', () => {
    expect(parseReadQuery({})).toEqual({
      format: MEDIA.json,
      afterSeq: 0,
      afterEpoch: null,
      limit: Infinity,
      concern: 'local',
    });
  });

  it('accepts after, limit and concern', () => {
    expect(parseReadQuery({ after: '7', limit: '1', concern: 'linearizable' }, { accept: MEDIA.ndjson })).toEqual({
      format: MEDIA.ndjson,
      afterSeq: 7,
      afterEpoch: null,
      limit: 1,
      concern: 'linearizable',
    });
  });

  it('prefers Last-Event-ID to after, in a live tail only', () => {
    const parse = (accept: string): number => parseReadQuery({ after: '7' }, { accept, lastEventId: '9' }).afterSeq;
    expect(parse(MEDIA.eventStream)).toBe(9);
    expect(parse(MEDIA.json)).toBe(7);
  });

  it('accepts a place wherever it accepts a seq', () => {
    expect(parseReadQuery({ after: '42@3' })).toMatchObject({ afterSeq: 42, afterEpoch: 3 });
    expect(parseReadQuery({ after: '0@0' })).toMatchObject({ afterSeq: 0, afterEpoch: 0 });
    const headers = { accept: MEDIA.eventStream, lastEventId: '9@4294967295' };
    expect(parseReadQuery({ after: '7@2' }, headers)).toMatchObject({ afterSeq: 9, afterEpoch: 4_294_967_295 });
  });

  it('takes a tail token for a live tail only', () => {
    expect(parseReadQuery({ token: 'x' }, { accept: MEDIA.eventStream })).toMatchObject({ format: MEDIA.eventStream });
    for (const accept of [undefined, MEDIA.json, MEDIA.ndjson, `${MEDIA.ndjson}, ${MEDIA.eventStream}`]) {
      expect(refusalOf(() => parseReadQuery({ token: 'x' }, { accept })).code).toBe('FORBIDDEN');
    }
  });

  it('refuses malformed values and names the field', () => {
    const faults: [string, RawReadQuery, RawReadHeaders?][] = [
      ...['', '-1', '1.5', '01', '1e3', ' 1', 'x', '9007199254740992', '9'.repeat(400)].flatMap(
        (text): [string, RawReadQuery, RawReadHeaders?][] => [
          ['after', { after: text }],
          ['limit', { limit: text }],
          ['Last-Event-ID', {}, { lastEventId: text }],
        ],
      ),
      ...['@', '1@', '@1', '1@2@3', '1@x', '1@-1', '1@4294967296', '1 @2'].map((text): [string, RawReadQuery] => [
        'after',
        { after: text },
      ]),
      ['after', { after: ['1', '2'] }],
      ['limit', { limit: '0' }],
      ['limit', { limit: String(MAX_READ_LIMIT + 1) }],
      ['Last-Event-ID', {}, { lastEventId: '1, 2' }],
      ['concern', { concern: '' }],
      ['concern', { concern: 'Local' }],
      ['concern', { concern: ['local', 'local'] }],
      ['concern', { concern: 'linearizable' }, { accept: MEDIA.eventStream }],
    ];
    for (const [field, raw, headers] of faults) {
      const refusal = refusalOf(() => parseReadQuery(raw, headers));
      expect(refusal.code).toBe('INVALID_PARAMETER');
      expect(refusal.details.extra).toEqual({ field });
      expect(refusal.message).toContain(field === 'concern' ? 'majority' : field);
      expect(refusal.message.length).toBeLessThan(200);
    }
  });
});

describe('parseSeq', () => {
  it('accepts a whole number from 1', () => {
    expect(parseSeq('42')).toBe(42);
    for (const text of ['0', '-1', 'x', '1.0'])
      expect(refusalOf(() => parseSeq(text)).details.extra).toEqual({ field: 'seq' });
  });
});
