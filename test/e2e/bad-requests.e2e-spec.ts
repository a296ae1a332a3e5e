/** Bad input gets a clear error and changes nothing: every case is refused with its reason, and the log stays empty. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MEDIA } from '@replog/contracts/http.js';
import type { Problem } from '@replog/contracts/errors.js';
import { ADMIN_API_KEY } from '../support/cluster.js';
import { NodeInProcess } from '../support/node-in-process.js';

const MAX_MESSAGE_BYTES = 64 * 1024;
const MAX_BATCH_BYTES = 256 * 1024;

interface Case {
  readonly what: string;
  readonly method?: string;
  readonly path?: string;
  readonly type?: string | null;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  readonly status?: number;
  readonly code: Problem['code'];
  /** What the sentence has to say. */
  readonly says: RegExp;
  readonly field?: string;
}

interface Route {
  readonly 'x-open-to': string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
}

const GOOD = '{"message":"x"}';

/** Bodies of `POST /messages/0`, as JSON unless a type is given. */
const BODIES: readonly Case[] = [
  { what: 'no body', type: null, code: 'INVALID_BODY', says: /missing.*\{"message"/ },
  { what: 'an empty body', body: '', code: 'INVALID_BODY', says: /missing/ },
  { what: 'a body that is not JSON', body: '{"message":', code: 'INVALID_BODY', says: /not JSON: / },
  { what: 'a body that is not UTF-8', body: Buffer.from([0x22, 0xff, 0x22]), code: 'INVALID_BODY', says: /UTF-8/ },
  { what: 'an array', body: '[1]', code: 'INVALID_BODY', says: /an array, not a JSON object/ },
  { what: 'a string', body: '"x"', code: 'INVALID_BODY', says: /a string, not a JSON object/ },
  { what: 'null', body: 'null', code: 'INVALID_BODY', says: /null, not a JSON object/ },
  { what: 'no message', body: '{"key":"k"}', code: 'INVALID_BODY', says: /no member "message"/ },
  { what: 'a misspelt message', body: '{"massage":1}', ...member('massage', /Did you mean message\?/) },
  {
    what: 'a misspelt key',
    body: '{"message":1,"kye":"k"}',
    ...member('kye', /known are message, key\. Did you mean key/),
  },
  { what: 'a message named twice', body: '{"message":1,"message":2}', code: 'INVALID_BODY', says: /named twice/ },
  { what: 'a batch as JSON', body: `${GOOD}\n${GOOD}`, code: 'INVALID_BODY', says: /x-ndjson.*--data-binary/ },
  { what: 'a key that is none', body: '{"message":1,"key":7}', code: 'INVALID_BODY', says: /"key" is a number/ },
  { what: '501 levels', body: nested(501), code: 'INVALID_BODY', says: /501 levels deep; the limit is 500/ },
  {
    what: 'another content type',
    type: 'text/plain',
    body: GOOD,
    code: 'UNSUPPORTED_MEDIA_TYPE',
    says: /Content-Type/,
  },
  { what: 'a form', type: 'application/x-www-form-urlencoded', body: 'message=1', ...unsupported() },
  { what: 'a type that only begins right', type: 'application/jsonp', body: GOOD, ...unsupported() },
  { what: 'a compressed body', headers: { 'content-encoding': 'gzip' }, body: GOOD, ...encoded() },
  { what: 'a body compressed twice', headers: { 'content-encoding': 'br, gzip' }, body: GOOD, ...encoded() },
  { what: 'one byte too much', body: ofBytes(MAX_MESSAGE_BYTES + 1), code: 'MESSAGE_TOO_LARGE', says: /65537.*65536/ },
  {
    what: 'far too much',
    body: ofBytes(400_000),
    code: 'MESSAGE_TOO_LARGE',
    says: /larger than any.*MAX_MESSAGE_BYTES/,
  },
];

const CONCERNS: readonly Case[] = ['-1', '1.5', '1e0', '01', 'most', 'MAJORITY', '5', '%20', '__proto__'].map((wc) => ({
  what: `write concern ${wc}`,
  path: `/messages/${wc}`,
  body: GOOD,
  code: 'INVALID_WRITE_CONCERN',
  says: /0 to 4 \(secondaries\), majority or all/,
  field: 'wc',
}));

const TIMEOUTS: readonly Case[] = ['-1', '1.5', 'soon', '', '86400001', '1&timeout=2'].map((timeout) => ({
  what: `timeout ${timeout}`,
  path: `/messages/0?timeout=${timeout}`,
  body: GOOD,
  code: 'INVALID_PARAMETER',
  says: /whole milliseconds from 0 to 86400000/,
  field: 'timeout',
}));

const KEYS: readonly Case[] = [
  ['empty', '', /empty/],
  ['of 256 characters', 'k'.repeat(256), /256 characters; the limit is 255/],
  ['beyond ASCII', 'clé', /printable ASCII/],
  ['with a tab inside', 'a\tb', /printable ASCII/],
].map(([what, key, says]) => ({
  what: `an idempotency key ${what as string}`,
  headers: { 'idempotency-key': key as string },
  body: GOOD,
  code: 'INVALID_IDEMPOTENCY_KEY' as const,
  says: says as RegExp,
  field: 'Idempotency-Key',
}));

const APPENDS: readonly Case[] = [
  {
    what: 'an unknown parameter',
    path: '/messages/0?tiemout=5',
    body: GOOD,
    ...invalid('tiemout', /known are timeout\. Did you mean timeout\?/),
  },
  {
    what: 'the same, left to the router',
    path: '/messages/%30?tiemout=5',
    body: GOOD,
    ...invalid('tiemout', /timeout\?/),
  },
  {
    what: 'two keys that differ',
    headers: { 'idempotency-key': 'a' },
    body: '{"message":1,"key":"b"}',
    ...keyCase(/differ/),
  },
  {
    what: 'an Accept that has nothing',
    headers: { accept: 'text/html' },
    body: GOOD,
    code: 'NOT_ACCEPTABLE',
    says: /application\/json/,
    status: 406,
  },
  {
    what: 'percent signs that are none',
    path: '/messages/%zz',
    body: GOOD,
    code: 'INVALID_PARAMETER',
    says: /percent signs/,
  },
];

const BATCHES: readonly Case[] = [
  { what: 'a compressed batch', headers: { 'content-encoding': 'gzip' }, body: GOOD, ...encoded() },
  { what: 'an empty batch', body: '\n \n', code: 'INVALID_BODY', says: /empty/ },
  {
    what: 'a bad second line',
    body: `${GOOD}\n{"message":\n${GOOD}\n`,
    code: 'INVALID_LINE',
    says: /^Line 2: .*Nothing was appended/,
  },
  { what: 'a bad line after a blank one', body: `${GOOD}\n\n[1]`, code: 'INVALID_LINE', says: /^Line 3: / },
  {
    what: 'a line that is too large',
    body: `${GOOD}\n${ofBytes(MAX_MESSAGE_BYTES + 1)}`,
    code: 'INVALID_LINE',
    says: /^Line 2: .*65537/,
  },
  {
    what: 'one key for two messages',
    body: '{"message":1,"key":"k"}\n{"message":2,"key":"k"}',
    code: 'INVALID_LINE',
    says: /^Line 2: its key/,
  },
  {
    what: 'a misspelt key in the second line',
    body: `${GOOD}\n{"message":1,"kye":"k"}`,
    code: 'INVALID_LINE',
    says: /^Line 2: .*Did you mean key\? Nothing was appended/,
    field: 'kye',
  },
  { what: 'no line feeds', body: GOOD + GOOD, code: 'INVALID_LINE', says: /^Line 1: .*--data-binary @file/ },
  { what: 'a key in the header', headers: { 'idempotency-key': 'k' }, body: GOOD, ...keyCase(/per line/) },
  {
    what: 'too large a batch',
    body: `${ofBytes(60_000)}\n`.repeat(5),
    code: 'BATCH_TOO_LARGE',
    says: /262144 bytes.*in parts/,
  },
].map((one) => ({ type: MEDIA.ndjson, ...one }) as Case);

const tail = { accept: MEDIA.eventStream };
const READS: readonly Case[] = [
  { what: 'after', path: '/messages?after=-1', ...invalid('after', /whole number from 0/) },
  { what: 'after twice', path: '/messages?after=1&after=2', ...invalid('after', /one whole number/) },
  { what: 'limit 0', path: '/messages?limit=0', ...invalid('limit', /from 1 to 1000000000/) },
  { what: 'limit', path: '/messages?limit=ten', ...invalid('limit', /not "ten"/) },
  { what: 'concern', path: '/messages?concern=quorum', ...invalid('concern', /local, majority, linearizable/) },
  { what: 'an unknown parameter', path: '/messages?afer=1', ...invalid('afer', /after, limit, concern/) },
  { what: 'Last-Event-ID', headers: { ...tail, 'last-event-id': 'x' }, ...invalid('Last-Event-ID', /whole number/) },
  {
    what: 'a linearizable tail',
    path: '/messages?concern=linearizable',
    headers: tail,
    ...invalid('concern', /majority/),
  },
  { what: 'a seq', path: '/messages/0', ...invalid('seq', /from 1/) },
  { what: 'a message that is not there', path: '/messages/1', status: 404, code: 'NOT_FOUND', says: /no messages yet/ },
  { what: 'a receipt of none', path: '/messages/1/receipt', status: 404, code: 'NOT_FOUND', says: /no message 1/ },
  { what: 'a receipt, misspelt', path: '/messages/1/receipt?w=1', ...invalid('w', /wc, timeout/) },
  {
    what: 'a concern of a receipt',
    path: '/messages/1/receipt?wc=9',
    code: 'INVALID_WRITE_CONCERN',
    says: /0 to 4/,
    field: 'wc',
  },
  { what: 'a key that is none', path: '/receipts/%09', ...keyCase(/printable/) },
  { what: 'an unknown key', path: '/receipts/k', status: 404, code: 'NOT_FOUND', says: /safe to send/ },
  { what: 'a write concern', path: '/write-concern/5', code: 'INVALID_WRITE_CONCERN', says: /0 to 4/, field: 'wc' },
  { what: 'no such route', path: '/mesages', status: 404, code: 'ROUTE_NOT_FOUND', says: /\/docs/ },
  {
    what: 'no such method',
    method: 'PUT',
    path: '/messages',
    status: 405,
    code: 'METHOD_NOT_ALLOWED',
    says: /GET, HEAD, OPTIONS, POST/,
  },
  {
    what: 'no such method with another body',
    method: 'PUT',
    path: '/messages',
    type: 'text/plain',
    body: 'x',
    status: 405,
    code: 'METHOD_NOT_ALLOWED',
    says: /GET, HEAD, OPTIONS, POST/,
  },
  {
    what: 'a compressed order',
    method: 'POST',
    path: '/cluster/promote',
    type: MEDIA.json,
    headers: { 'content-encoding': 'gzip' },
    body: '{}',
    ...encoded(),
  },
].map((one) => ({ method: 'GET', path: '/messages', type: null, ...one }) as Case);

const STATUS: Partial<Record<Problem['code'], number>> = {
  MESSAGE_TOO_LARGE: 413,
  BATCH_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  UNSUPPORTED_ENCODING: 415,
};

let master: NodeInProcess;
beforeAll(async () => {
  master = await NodeInProcess.master({
    MAX_SECONDARIES: '4',
    SECONDARIES: '2',
    MAX_MESSAGE_BYTES: String(MAX_MESSAGE_BYTES),
    MAX_INFLIGHT_BYTES: String(MAX_BATCH_BYTES),
  });
});
afterAll(() => master.end());

describe.each([
  ['a body', BODIES],
  ['a write concern', CONCERNS],
  ['a timeout', TIMEOUTS],
  ['an idempotency key', KEYS],
  ['an append', APPENDS],
  ['a batch', BATCHES],
  ['a read', READS],
])('%s', (_, cases) => {
  it.each(cases)('refuses $what', async ({ method = 'POST', path = '/messages/0', type = MEDIA.json, ...one }) => {
    const answer = await master.client.request<Problem>(method, path, {
      headers: { ...(type === null ? {} : { 'content-type': type }), ...one.headers },
      ...(one.body === undefined ? {} : { body: one.body }),
    });
    const { status = STATUS[one.code] ?? 400, code, says, field } = one;
    expect(answer.body).toMatchObject({ status, code, detail: expect.stringMatching(says) as string });
    expect(answer.body.instance).toBe(answer.headers.get('x-request-id'));
    expect(answer.body['field']).toBe(field);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });
});

/** The admin routes take a body of known members, or none. */
const ORDERS: readonly Case[] = [
  { what: 'a parameter instead of a body', path: '/cluster/promote?dryRun=true', ...invalid('dryRun', /takes none/) },
  {
    what: 'a misspelt member',
    path: '/cluster/promote',
    body: '{"dryrun":true}',
    ...member('dryrun', /mean dryRun\?/),
  },
  ...['constructor', '__proto__', 'toString', 'hasOwnProperty'].map((name) => ({
    what: `a member ${name}`,
    path: '/cluster/promote',
    body: `{"dryRun":true,"${name}":{}}`,
    ...member(name, /known are dryRun, force/),
  })),
  {
    what: 'a body that nobody reads',
    path: '/orphans/x/reappend',
    body: '{"dryRun":true}',
    ...member('dryRun', /none/),
  },
  {
    what: 'the same of a removal',
    method: 'DELETE',
    path: '/secondaries/x',
    body: '{"force":true}',
    ...member('force', /none/),
  },
];

it.each(ORDERS)('refuses an order with $what', async ({ method = 'POST', path = '', body, code, says, field }) => {
  const answer = await master.client.request<Problem>(method, path, {
    headers: { 'x-token': ADMIN_API_KEY, ...(body === undefined ? {} : { 'content-type': MEDIA.json }) },
    ...(body === undefined ? {} : { body }),
  });
  expect(answer.body).toMatchObject({ status: 400, code, field, detail: expect.stringMatching(says) as string });
});

it('takes an empty body where it reads none', async () => {
  for (const body of ['', '{}']) {
    const init = { headers: { 'x-token': ADMIN_API_KEY, 'content-type': MEDIA.json }, body };
    const answer = await master.client.request<Problem>('POST', '/orphans/x/reappend', init);
    expect(answer.body.code).toBe('NOT_FOUND');
  }
});

it('refuses an unknown parameter on every documented route, and names those of the document', async () => {
  const { body } = await master.client.get<{ paths: Record<string, Record<string, Route>> }>('/docs-json');
  const routes = Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, route]) => ({ method: method.toUpperCase(), path, ...route })),
  );
  const refused = routes.filter((route) => route['x-open-to'] !== 'service');
  expect(refused.length).toBeGreaterThan(15);
  for (const { method, path, parameters } of refused) {
    const known = parameters.filter(({ in: place }) => place === 'query').map(({ name }) => name);
    const url = path.replace(/\{\w+\}/g, '1');
    const answer = await master.client.request<Problem>(method, `${url}?nosuch=1`, {
      headers: { 'x-token': ADMIN_API_KEY, ...(method === 'POST' ? { 'content-type': MEDIA.json } : {}) },
      ...(method === 'POST' && path.startsWith('/messages') ? { body: GOOD } : {}),
    });
    const named = /known are (.*)\.$/.exec(answer.body.detail)?.[1]?.split(', ') ?? [];
    expect([path, answer.body.code, answer.body['field']]).toEqual([path, 'INVALID_PARAMETER', 'nosuch']);
    expect([path, ...named.sort()]).toEqual([path, ...known.sort()]);
  }
});

it('refuses an endless batch without waiting for its end', async () => {
  const line = Buffer.from(`${ofBytes(50_000)}\n`);
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(line) });
  const init = {
    method: 'POST',
    body: endless,
    duplex: 'half',
    headers: { 'x-token': 'a-client-key', 'content-type': MEDIA.ndjson },
  };
  const answer = await fetch(`${master.client.url}/messages/0`, init as RequestInit);
  expect(answer.status).toBe(413);
  expect(await answer.json()).toMatchObject({ code: 'BATCH_TOO_LARGE' });
});

it('takes a body that says it is not encoded', async () => {
  const answer = await master.client.request<{ code: string }>('POST', '/messages/0', {
    headers: { 'content-type': MEDIA.json, 'content-encoding': 'Identity' },
    body: '{',
  });
  expect(answer.body.code).toBe('INVALID_BODY');
});

it('logs no query string', () => {
  const lines = master.lines.map((line) => JSON.parse(line) as { url?: string; msg?: string });
  const requests = lines.filter(({ url }) => url?.startsWith('/messages') === true);
  expect(requests.length).toBeGreaterThan(50);
  for (const line of lines) expect(`${line.url} ${line.msg}`).not.toMatch(/timeout=|afer=|tiemout/);
});

it('has stored nothing of all that, and takes what is just within the limits', async () => {
  expect(await master.client.messages()).toEqual([]);
  const largest = await master.client.request('POST', '/messages/0', {
    headers: { 'content-type': MEDIA.json },
    body: ofBytes(MAX_MESSAGE_BYTES),
  });
  expect(largest.status).toBe(201);
  expect((await master.client.append('k', 4, { timeoutMs: 0, key: 'k'.repeat(255) })).status).toBe(202);
  expect((await master.client.messages()).map(({ seq }) => seq)).toEqual([1, 2]);
});

/** A body whose message, a string with its quotes, has `bytes` bytes. */
function ofBytes(bytes: number): string {
  return `{"message":"${'x'.repeat(bytes - 2)}"}`;
}

function nested(levels: number): string {
  return `{"message":${'['.repeat(levels)}${']'.repeat(levels)}}`;
}

function unsupported(): Pick<Case, 'code' | 'says'> {
  return { code: 'UNSUPPORTED_MEDIA_TYPE', says: /application\/json/ };
}

function encoded(): Pick<Case, 'code' | 'says'> {
  return { code: 'UNSUPPORTED_ENCODING', says: /without Content-Encoding: .*gzip/ };
}

function invalid(field: string, says: RegExp): Pick<Case, 'code' | 'field' | 'says'> {
  return { code: 'INVALID_PARAMETER', field, says };
}

function member(field: string, says: RegExp): Pick<Case, 'code' | 'field' | 'says'> {
  return { code: 'INVALID_BODY', field, says };
}

function keyCase(says: RegExp): Pick<Case, 'code' | 'field' | 'says'> {
  return { code: 'INVALID_IDEMPOTENCY_KEY', field: 'Idempotency-Key', says };
}
