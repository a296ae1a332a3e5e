import { ReplogError } from '@replog/contracts/errors.js';
import type { RequestHead } from '@replog/http/fast-path/fast-path.js';
import { describe, expect, it } from 'vitest';
import { readTarget, readWriteHead } from './write-head.js';
import type { WriteRules, WriteTarget } from './write-head.js';

const RULES: WriteRules = {
  defaultWriteConcern: 'majority',
  writeConcernTimeoutMs: 700,
  maxSecondaries: 4,
  maxBodyBytes: 1000,
  maxBatchBytes: 5000,
  requireKey: (headers) => {
    if (headers['x-token'] !== 'good') throw new ReplogError('UNAUTHENTICATED', 'No key.');
  },
};

type Headers = Readonly<Record<string, string | null | readonly string[]>>;

const NDJSON: Headers = { 'content-type': 'application/x-ndjson' };

/** Changes to the usual headers: `null` removes one, a list sends it more than once. */
function head(headers: Headers = {}, url = '/messages/0', method = 'POST'): RequestHead {
  const all: Headers = { 'content-type': 'application/json', 'content-length': '15', 'x-token': 'good', ...headers };
  const sent = Object.entries(all).flatMap(([name, value]) =>
    value === null ? [] : [value].flat().map((one) => [name, one] as const),
  );
  const joined: Record<string, string> = {};
  for (const [name, value] of sent) joined[name] = name in joined ? `${joined[name]}, ${value}` : value;
  return { method, url, headers: joined, rawHeaders: sent.flat() };
}

const targetOf = (url: string, method?: string): WriteTarget | null => readTarget(head({}, url, method));

describe('the target of a write', () => {
  it.each([
    ['/messages', { wc: undefined, query: {} }],
    ['/messages/2', { wc: '2', query: {} }],
    ['/messages/majority?timeout=5', { wc: 'majority', query: { timeout: '5' } }],
    ['/messages?', { wc: undefined, query: {} }],
    ['/messages/0?&timeout=%35&', { wc: '0', query: { timeout: '5' } }],
    ['/messages/0?timeout=1&timeout=2', { wc: '0', query: { timeout: ['1', '2'] } }],
    ['/messages/nonsense?x', { wc: 'nonsense', query: { x: '' } }],
  ])('is %s', (url, target) => {
    const found = targetOf(url);
    expect({ ...found, query: { ...found?.query } }).toEqual(target);
  });

  it.each([
    '/',
    '/messages/',
    '/messages/0/',
    '/messages/0/receipt',
    '/messages-of-others',
    '//messages/0',
    '/Messages/0',
    '/messages/%30',
    '/%6dessages/0',
    '/messages/0;x',
    '/messages/0#x',
    '/messages/0?timeout=5#x',
    `/messages/${'x'.repeat(65)}`,
    'http://elsewhere/messages/0',
    '*',
  ])('is not %s: the router handles that', (url) => {
    expect(targetOf(url)).toBeNull();
  });

  it('is not a read', () => {
    expect(targetOf('/messages', 'GET')).toBeNull();
  });
});

describe('the head of a write', () => {
  const read = (headers?: Headers, target: Partial<WriteTarget> = {}): ReturnType<typeof readWriteHead> =>
    readWriteHead({ wc: '0', query: {}, ...target }, head(headers), RULES);
  const refusalOf = (headers?: Headers, target?: Partial<WriteTarget>): ReplogError => {
    try {
      read(headers, target);
    } catch (error) {
      if (error instanceof ReplogError) return error;
      throw error;
    }
    throw new Error('not refused');
  };

  it('has a concern and a timeout, or the defaults', () => {
    const plain = { isBatch: false, isLive: false, concern: 0, timeoutMs: 700, key: null };
    expect(read()).toEqual(plain);
    expect(read({}, { wc: undefined })).toEqual({ ...plain, concern: 'majority' });
    expect(read({}, { wc: 'all', query: { timeout: '0' } })).toEqual({ ...plain, concern: 'all', timeoutMs: 0 });
    expect(read({}, { wc: '4' })).toEqual({ ...plain, concern: 4 });
  });

  it.each([
    ['application/json', false],
    ['application/json; charset=utf-8', false],
    ['Application/JSON ;a=b', false],
    ['application/json;', false],
    ['application/x-ndjson', true],
    ['APPLICATION/x-NDJSON; charset=utf-8', true],
  ])('shows by its content type whether it is a batch: %s', (type, isBatch) => {
    expect(read({ 'content-type': type }).isBatch).toBe(isBatch);
  });

  it.each(['text/plain', 'application/jsonp', 'application/json , x', 'json', ''])('refuses the type %j', (type) => {
    expect(refusalOf({ 'content-type': type }).code).toBe('UNSUPPORTED_MEDIA_TYPE');
  });

  it('needs a content type only with a body', () => {
    expect(refusalOf({ 'content-type': null }).code).toBe('UNSUPPORTED_MEDIA_TYPE');
    const chunked = { 'content-type': null, 'content-length': null, 'transfer-encoding': 'chunked' };
    expect(refusalOf(chunked).code).toBe('UNSUPPORTED_MEDIA_TYPE');
    expect(read({ 'content-type': null, 'content-length': null }).isBatch).toBe(false);
    expect(read({ 'content-type': null, 'content-length': '0' }).isBatch).toBe(false);
  });

  it.each([
    [null, false],
    ['', false],
    ['*/*', false],
    ['application/json', false],
    ['text/event-stream;q=0.1, application/json', false],
    ['text/event-stream', true],
    ['text/*', true],
  ])('shows by Accept whether the answer is an event stream: %s', (accept, isLive) => {
    expect(read({ accept }).isLive).toBe(isLive);
    expect(read({ ...NDJSON, accept }).isLive).toBe(isLive);
  });

  it('has the idempotency key of a single message', () => {
    expect(read({ 'idempotency-key': 'a, b' }).key).toBe('a, b');
    expect(refusalOf({ 'idempotency-key': '' }).code).toBe('INVALID_IDEMPOTENCY_KEY');
    expect(refusalOf({ 'idempotency-key': 'k'.repeat(256) }).message).toMatch(/256 characters/);
    expect(refusalOf({ 'idempotency-key': ['a', 'b'] }).message).toMatch(/2 times/);
    expect(refusalOf({ ...NDJSON, 'idempotency-key': 'k' }).message).toMatch(/per line/);
  });

  it('must not announce a body above the limit', () => {
    expect(read({ 'content-length': '1000' }).isBatch).toBe(false);
    expect(refusalOf({ 'content-length': '1001' }).code).toBe('MESSAGE_TOO_LARGE');
    expect(read({ ...NDJSON, 'content-length': '5000' }).isBatch).toBe(true);
    expect(refusalOf({ ...NDJSON, 'content-length': '5001' }).code).toBe('BATCH_TOO_LARGE');
  });

  it('must not have unknown parameters', () => {
    expect(refusalOf({}, { wc: '5' })).toMatchObject({ code: 'INVALID_WRITE_CONCERN', details: { extra: { max: 4 } } });
    expect(refusalOf({ accept: 'text/html' }).code).toBe('NOT_ACCEPTABLE');
    expect(refusalOf({}, { query: { tiemout: '5' } }).message).toMatch(/known are timeout/);
    expect(refusalOf({}, { query: { timeout: ['1', '2'] } }).message).toMatch(/2 values/);
    expect(refusalOf({ 'x-token': 'wrong' }).code).toBe('UNAUTHENTICATED');
  });

  it('has its faults reported in a fixed order', () => {
    const faults = [
      { headers: { 'content-type': 'text/plain' }, code: 'UNSUPPORTED_MEDIA_TYPE' },
      { headers: { 'content-length': '1001' }, code: 'MESSAGE_TOO_LARGE' },
      { headers: { 'x-token': null }, code: 'UNAUTHENTICATED' },
      { target: { wc: 'most' }, code: 'INVALID_WRITE_CONCERN' },
      { headers: { accept: 'text/html' }, code: 'NOT_ACCEPTABLE' },
      { target: { query: { timeout: 'soon' } }, code: 'INVALID_PARAMETER' },
      { headers: { 'idempotency-key': '' }, code: 'INVALID_IDEMPOTENCY_KEY' },
    ];
    while (faults.length > 0) {
      const headers = Object.assign({}, ...faults.map((fault) => fault.headers)) as Headers;
      const target = Object.assign({}, ...faults.map((fault) => fault.target)) as Partial<WriteTarget>;
      expect(refusalOf(headers, target).code).toBe(faults[0]?.code);
      faults.shift();
    }
  });
});
