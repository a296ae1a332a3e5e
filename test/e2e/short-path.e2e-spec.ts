/**
 * The short path of a write behaves as the usual one. Two masters get the same requests in the same order, and one of
 * them is not allowed the short path: what they answer, count and log has to be the same.
 */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DirectConnection } from '@replog/http/plain/direct-connection.js';
import { EarlyRequests } from '@replog/http/server/early-requests.js';
import { ADMIN_API_KEY, API_KEY } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { NodeInProcess } from '../support/node-in-process.js';
import { sendInTurn, sendRaw } from '../support/raw-http.js';
import type { RawAnswer } from '../support/raw-http.js';

const MAX_MESSAGE_BYTES = 4096;
const BODY_LIMIT = MAX_MESSAGE_BYTES + 64 * 1024;
const MAX_INFLIGHT_BYTES = 300_000;

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly version?: string;
  /** Over the usual ones: `null` leaves a header out, a list sends it more than once. */
  readonly headers?: Readonly<Record<string, string | null | readonly string[]>>;
  readonly body?: string | Buffer;
  /** Send the body in two packets. */
  readonly isSplit?: boolean;
}

interface Case extends Sent {
  readonly what: string;
}

const GOOD = '{"message":"x"}';
const NDJSON = { 'content-type': 'application/x-ndjson' };
const LARGE = `{"message":"${'x'.repeat(MAX_MESSAGE_BYTES - 2)}"}`;

/** What has to take the short path. */
const USUAL: readonly Case[] = [
  { what: 'a write' },
  { what: 'a write with the default concern', path: '/messages' },
  { what: 'majority', path: '/messages/majority' },
  { what: 'all', path: '/messages/all' },
  { what: 'a timeout', path: '/messages/0?timeout=50' },
  { what: 'a concern that is not met', path: '/messages/1?timeout=0' },
  { what: 'a bearer', headers: { 'x-token': null, authorization: `Bearer ${API_KEY}` } },
  { what: 'the admin key', headers: { 'x-token': ADMIN_API_KEY } },
  { what: 'two ways to show a key', headers: { authorization: 'Bearer nonsense' } },
  { what: 'a charset', headers: { 'content-type': 'application/json; charset=utf-8' } },
  { what: 'any answer', headers: { accept: '*/*' } },
  { what: 'an answer in JSON', headers: { accept: 'application/json' } },
  { what: 'JSON before events', headers: { accept: 'text/event-stream;q=0.1, application/json' } },
  { what: 'an empty Accept', headers: { accept: '' } },
  { what: 'headers that say nothing here', headers: { 'user-agent': 'x', traceparent: '00-1', cookie: 'a=b' } },
  { what: 'the id of a request', headers: { 'x-request-id': 'mine-17' } },
  { what: 'an id that is none', headers: { 'x-request-id': 'two words' } },
  { what: 'a content encoding', headers: { 'content-encoding': 'gzip' } },
  { what: 'a body in two packets', isSplit: true },
  { what: 'the largest message', body: LARGE },
  { what: 'the largest message in two packets', body: LARGE, isSplit: true },
  { what: 'beyond ASCII', body: '{"message":"héllo 😀 \\ud800"}' },
  { what: 'white space', body: ' {\r\n "a" : [1] ,\n "message" : { "b" : 1.0 ,\n "b" : [ ] } } \n' },
  { what: 'an escaped name', body: '{"m\\u0065ssage":null,"other":"message"}' },
  { what: 'two messages', body: '{"message":1,"message":2}' },
  { what: '500 levels', body: nested(500) },
  { what: 'a key', headers: { 'idempotency-key': 'k-1' } },
  { what: 'the key again', headers: { 'idempotency-key': 'k-1' } },
  { what: 'the key again, waiting for more', path: '/messages/1?timeout=0', headers: { 'idempotency-key': 'k-1' } },
  { what: 'the key for another message', headers: { 'idempotency-key': 'k-1' }, body: '{"message":"y"}' },
  { what: 'a key in the body', body: '{"message":"x","key":"k-2"}' },
  { what: 'the same key in both', headers: { 'idempotency-key': 'k-2' }, body: '{"message":"x","key":"k-2"}' },
  { what: 'two keys that differ', headers: { 'idempotency-key': 'k-2' }, body: '{"message":"x","key":"k-3"}' },
  { what: 'a key with a comma', headers: { 'idempotency-key': 'a, b' } },
  { what: 'a key with quotes', headers: { 'idempotency-key': '"\\' } },
  { what: 'no message', body: '{"massage":1}' },
  { what: 'no JSON', body: '{"message":' },
  { what: 'no UTF-8', body: Buffer.from([0x22, 0xff, 0x22]) },
  { what: 'an array', body: '[1]' },
  { what: 'a key that is none', body: '{"message":1,"key":7}' },
  { what: '501 levels', body: nested(501) },
  { what: 'one byte too much', body: LARGE.replace('x', 'xx') },
  { what: 'HTTP/1.0', version: '1.0' },
  { what: 'a body that waits for leave', headers: { expect: '100-continue' } },
];

/** Batches that have to take it, too. */
const BATCHES: readonly Case[] = [
  { what: 'a batch', body: `${GOOD}\n${GOOD}` },
  { what: 'a batch of one', body: GOOD },
  { what: 'a batch with the default concern', path: '/messages', body: `${GOOD}\n${GOOD}\n` },
  { what: 'a batch with a concern that is not met', path: '/messages/1?timeout=0', body: `${GOOD}\n${GOOD}` },
  {
    what: 'a batch of all kinds of lines',
    body: '\r\n{"message":{"a":[1,"é"]}}\r\n  \n {"other":1,"message":"\\u00e9"}\n\n',
  },
  { what: 'a batch in two packets', body: `${GOOD}\n${GOOD}\n`, isSplit: true },
  { what: 'a large batch', body: `${LARGE}\n`.repeat(64) },
  { what: 'a batch with keys', body: '{"message":1,"key":"b-1"}\n{"message":2}\n{"message":3,"key":"b-3"}' },
  {
    what: 'the keys again, and a new one',
    body: '{"message":1,"key":"b-1"}\n{"message":4,"key":"b-4"}\n{"message":1,"key":"b-1"}',
  },
  { what: 'nothing but known keys', body: '{"message":3,"key":"b-3"}\n\n{"message":1,"key":"b-1"}' },
  { what: 'a key for another message in a batch', body: '{"message":0}\n{"message":2,"key":"b-1"}' },
  { what: 'one key for two messages', body: '{"message":1,"key":"b-9"}\n{"message":2,"key":"b-9"}' },
  { what: 'a bad line', body: `${GOOD}\n{"massage":1}\n${GOOD}` },
  { what: 'a bad line in two packets', body: `nonsense\n${GOOD}\n`, isSplit: true },
  { what: 'a line that is no UTF-8', body: Buffer.concat([Buffer.from(`${GOOD}\n`), Buffer.from([0x22, 0xff, 0x22])]) },
  { what: 'a line too large', body: `${GOOD}\n${LARGE.replace('x', 'xx')}` },
  { what: 'a batch of blank lines', body: '\n \r\n' },
  { what: 'a batch from a bearer', headers: { 'x-token': null, authorization: `Bearer ${API_KEY}` } },
  { what: 'a batch over HTTP/1.0', version: '1.0' },
  { what: 'a batch that waits for leave', headers: { expect: '100-continue' } },
].map((sent) => ({ ...sent, headers: { ...NDJSON, ...sent.headers } }));

/** What is for the usual path, and has to reach it as if nobody had looked. */
const UNUSUAL: readonly Case[] = [
  { what: 'no key', headers: { 'x-token': null } },
  { what: 'an empty key', headers: { 'x-token': '' } },
  { what: 'a wrong key', headers: { 'x-token': 'wrong' } },
  { what: 'a wrong bearer', headers: { 'x-token': null, authorization: 'Bearer wrong' } },
  { what: 'two keys', headers: { 'x-token': [API_KEY, API_KEY] } },
  { what: 'no type', headers: { 'content-type': null } },
  { what: 'another type', headers: { 'content-type': 'text/plain' } },
  { what: 'a type in capitals', headers: { 'content-type': 'Application/JSON' } },
  { what: 'a type with a parameter', headers: { 'content-type': 'application/json;a=b' } },
  { what: 'a batch with a parameter to its type', headers: { 'content-type': 'application/x-ndjson; charset=utf-8' } },
  { what: 'a batch with a key in its head', headers: { ...NDJSON, 'idempotency-key': 'k' } },
  { what: 'a batch with a wrong key', headers: { ...NDJSON, 'x-token': 'wrong' } },
  { what: 'a batch that is announced as too large', headers: { ...NDJSON, 'content-length': '999999999' } },
  {
    what: 'a batch in chunks',
    headers: { ...NDJSON, 'content-length': null, 'transfer-encoding': 'chunked' },
    body: `f\r\n${GOOD}\r\n0\r\n\r\n`,
  },
  { what: 'a batch without a byte', body: '', headers: { ...NDJSON, 'content-length': '0' } },
  { what: 'nothing that can be given', headers: { accept: 'text/html' } },
  { what: 'a concern too many', path: '/messages/5' },
  { what: 'a concern that is none', path: '/messages/most' },
  { what: 'a signed concern', path: '/messages/-1' },
  { what: 'a padded concern', path: '/messages/01' },
  { what: 'an encoded concern', path: '/messages/%30' },
  { what: 'percent signs that are none', path: '/messages/%zz' },
  { what: 'a slash at the end', path: '/messages/0/' },
  { what: 'a doubled slash', path: '//messages/0' },
  { what: 'a whole URL', path: 'http://elsewhere/messages/0' },
  { what: 'a fragment', path: '/messages/0#x' },
  { what: 'an empty query', path: '/messages/0?' },
  { what: 'an unknown parameter', path: '/messages/0?tiemout=5' },
  { what: 'an encoded parameter', path: '/messages/0?time%6fut=5' },
  { what: 'a timeout that is none', path: '/messages/0?timeout=soon' },
  { what: 'a padded timeout', path: '/messages/0?timeout=01' },
  { what: 'a timeout too long', path: '/messages/0?timeout=86400001' },
  { what: 'two timeouts', path: '/messages/0?timeout=1&timeout=2' },
  { what: 'an empty idempotency key', headers: { 'idempotency-key': '' } },
  { what: 'two idempotency keys', headers: { 'idempotency-key': ['a', 'b'] } },
  { what: 'an idempotency key too long', headers: { 'idempotency-key': 'k'.repeat(256) } },
  { what: 'no body', body: '', headers: { 'content-length': '0' } },
  { what: 'neither body nor length', body: '', headers: { 'content-length': null } },
  {
    what: 'a body in chunks',
    headers: { 'content-length': null, 'transfer-encoding': 'chunked' },
    body: `f\r\n${GOOD}\r\n0\r\n\r\n`,
  },
  { what: 'far too much', body: 'x'.repeat(BODY_LIMIT + 1) },
  { what: 'another method', method: 'PUT' },
  { what: 'a read', method: 'GET', path: '/messages/1', body: '', headers: { 'content-length': null } },
  { what: 'an upgrade', headers: { connection: 'upgrade', upgrade: 'websocket' } },
];

let short: NodeInProcess;
let usual: NodeInProcess;
/** Whether the master that may take the short path took it, request by request. */
const taken: boolean[] = [];

beforeAll(async () => {
  const environment = {
    MAX_SECONDARIES: '4',
    SECONDARIES: '2',
    MAX_MESSAGE_BYTES: String(MAX_MESSAGE_BYTES),
    MAX_INFLIGHT_BYTES: String(MAX_INFLIGHT_BYTES),
    WRITE_CONCERN_TIMEOUT: '0.02',
  };
  const use = vi.spyOn(EarlyRequests.prototype, 'use');
  short = await NodeInProcess.master(environment);
  usual = await NodeInProcess.master(environment);
  const [, ofUsual] = use.mock.contexts;
  const { take, recognize } = EarlyRequests.prototype;
  vi.spyOn(EarlyRequests.prototype, 'take').mockImplementation(function (this: EarlyRequests, request, response) {
    if (this === ofUsual) return false;
    const isTaken = take.call(this, request, response);
    taken.push(isTaken);
    return isTaken;
  });
  vi.spyOn(EarlyRequests.prototype, 'recognize').mockImplementation(function (this: EarlyRequests, head) {
    const known = this === ofUsual ? null : recognize.call(this, head);
    // What is not recognized comes by node:http, and is noted there.
    if (known !== null) taken.push(true);
    return known;
  });
});

afterAll(async () => {
  vi.restoreAllMocks();
  await short.end();
  await usual.end();
});

it.each([...USUAL, ...BATCHES])('answers $what as the usual path does', async (sent) => {
  taken.length = 0;
  await expectSame([sent]);
  expect(taken).toEqual([true]);
});

it.each(UNUSUAL)('leaves $what to the usual path, untouched', async (sent) => {
  taken.length = 0;
  await expectSame([sent]);
  expect(taken.every((isTaken) => !isTaken)).toBe(true);
});

it.each(['application/json', 'application/x-ndjson'])('leaves an event stream to the usual path: %s', async (type) => {
  taken.length = 0;
  const headers = { 'content-type': type, accept: 'text/event-stream' };
  const answers = await Promise.all(
    [short, usual].map((node) => node.client.request<string>('POST', '/messages/0', { headers, body: GOOD })),
  );
  const events = answers.map(({ status, body }) => [status, body.replace(/"ms":[\d.]+|"timestamp":"[^"]*"/g, '')]);
  expect(events[0]).toEqual(events[1]);
  expect(taken).toEqual([false]);
});

it('answers requests that come without waiting for the answers, in their order', async () => {
  const [usually, chunked, slow] = [USUAL[0], UNUSUAL.find(({ what }) => /chunks/.test(what)), USUAL[5]] as Case[];
  await expectSame([usually, slow, chunked, usually, BATCHES[0], usually, ...BATCHES.slice(0, 9)] as Case[]);
});

it('answers one request after the other on a connection, without node:http up to the first that is unusual', async () => {
  const send = vi.spyOn(DirectConnection.prototype, 'send');
  const isPlain = ({ version, headers = {} }: Case): boolean =>
    version === undefined && !('expect' in headers) && headers['content-type'] !== NDJSON['content-type'];
  const oneByOne = USUAL.filter(isPlain);
  const [unusual] = UNUSUAL as [Case];
  const pieces = [...oneByOne, ...oneByOne, unusual, ...oneByOne].map((sent) => Buffer.concat(piecesOf(sent, false)));
  const [ours, theirs] = await Promise.all(
    [short, usual].map(async ({ client }) => (await sendInTurn(client.url, pieces)).map(comparable)),
  );
  expect(ours).toEqual(theirs);
  expect(send).toHaveBeenCalledTimes(oneByOne.length * 2);
  send.mockRestore();
});

it('answers whatever comes as the usual path does', async () => {
  const isWhole = ({ headers = {} }: Sent): boolean =>
    !['content-length', 'transfer-encoding', 'expect', 'upgrade'].some((name) => name in headers);
  const all = [...USUAL, ...BATCHES, ...UNUSUAL].filter(isWhole);
  const part = <Key extends keyof Sent>(key: Key): fc.Arbitrary<Sent[Key]> =>
    fc.constantFrom(...all.map((one) => one[key]).filter((value) => value !== undefined));
  const headers = fc.array(part('headers'), { maxLength: 3 }).map((list) => Object.assign({}, ...list) as object);
  const request = fc.record(
    { path: part('path'), headers: headers as fc.Arbitrary<Sent['headers']>, body: part('body') },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(request, async (sent) => expectSame([sent as Sent])),
    { numRuns: 300 },
  );
});

it('takes nothing of a client that goes away amid its body', async () => {
  const lastSeqs = (): Promise<number[]> =>
    Promise.all([short, usual].map(async (node) => (await node.client.cluster()).lastSeq));
  const [before = 0] = await lastSeqs();
  for (const node of [short, usual]) {
    for (const type of ['application/json', 'application/x-ndjson']) {
      const head = textOf({ headers: { 'content-type': type, 'content-length': '100' } }, true);
      await cutOff(node.client.url, head);
    }
  }
  await expectSame([USUAL[0] as Case]);
  expect(await lastSeqs()).toEqual([before + 1, before + 1]);
});

describe('of all that', () => {
  it('the same was stored', async () => {
    const [ours, theirs] = await Promise.all([short, usual].map((node) => node.client.messages('?limit=10000')));
    const kept = (list: typeof ours): unknown => list?.map(({ seq, key, message }) => ({ seq, key, message }));
    expect(ours?.length).toBeGreaterThan(50);
    expect(kept(ours)).toEqual(kept(theirs));
  });

  it('the same was counted', async () => {
    const counts = async (node: NodeInProcess): Promise<string[]> => {
      const text = (await node.client.get<string>('/metrics')).body;
      return text
        .split('\n')
        .filter((line) => /^replog_(http_requests_total|appends_total|concern_wait_seconds_count)/.test(line))
        .sort();
    };
    expect(await counts(short)).toEqual(await counts(usual));
  });

  it('the same was logged', async () => {
    const requests = (node: NodeInProcess): string[] =>
      node.lines
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter((line) => line['method'] === 'POST')
        .map(({ time: _time, ms: _ms, requestId: _requestId, ...line }) => JSON.stringify(line))
        .sort();
    await eventually('everything is logged', () => requests(short).length === requests(usual).length);
    expect(requests(short).length).toBeGreaterThan(50);
    expect(requests(short)).toEqual(requests(usual));
  });
});

// Last: how often it asks is not the same for both.
it('refuses a batch while too much of others is being read, and forgets those that went away', async () => {
  const half = Buffer.alloc(200_000, 'x');
  const head = textOf({ headers: { ...NDJSON, 'content-length': '250000' } }, true);
  const holders = await Promise.all([short, usual].map((node) => holdOpen(node.client.url, head, half)));
  const batch = { ...(BATCHES[0] as Case), body: `${LARGE}\n`.repeat(26) };
  const [answer] = await sendRaw(short.client.url, piecesOf(batch, true));
  expect(answer).toMatchObject({ status: 503, body: expect.stringContaining('OVERLOADED') as string });
  // Nor is anything left of those that were refused: so many of them would fill what there is.
  for (let refused = 0; refused < 5; refused++) await expectSame([batch]);
  for (const holder of holders) holder.destroy();
  await eventually('what was held is released', async () => {
    const answers = await Promise.all([short, usual].map((node) => sendRaw(node.client.url, piecesOf(batch, true))));
    return answers.every(([first]) => first?.status === 201);
  });
});

/** Both masters answer the requests, sent on one connection each, in the same words. */
async function expectSame(requests: readonly Sent[]): Promise<void> {
  const pieces = requests.flatMap((sent, place) => piecesOf(sent, place === requests.length - 1));
  const ours = (await sendRaw(short.client.url, pieces)).map(comparable);
  const theirs = (await sendRaw(usual.client.url, pieces)).map(comparable);
  expect(ours.length).toBeGreaterThanOrEqual(requests.length);
  expect(ours).toEqual(theirs);
}

function piecesOf(sent: Sent, isLast: boolean): Buffer[] {
  const body = Buffer.from(sent.body ?? GOOD);
  const head = Buffer.from(textOf(sent, isLast));
  if (sent.isSplit !== true) return [Buffer.concat([head, body])];
  return [head, body.subarray(0, 5), body.subarray(5)];
}

function textOf(
  { method = 'POST', path = '/messages/0', version = '1.1', body = GOOD, headers }: Sent,
  isLast: boolean,
): string {
  const all: Record<string, string | null | readonly string[]> = {
    host: 'replog',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'x-token': API_KEY,
    ...(isLast ? { connection: 'close' } : {}),
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === null ? [] : [value].flat().map((one) => `${name}: ${one}\r\n`),
  );
  return `${method} ${path} HTTP/${version}\r\n${lines.join('')}\r\n`;
}

/** Without what differs from one answer to the next. */
function comparable({ status, headers, body }: RawAnswer): unknown {
  const isGiven = headers.some(([name, value]) => name === 'x-request-id' && value === 'mine-17');
  const withoutOwn = headers.filter(([name]) => name !== 'date' && name !== 'content-length');
  return {
    status,
    headers: withoutOwn
      .map(([name, value]) => [name, name === 'x-request-id' && !isGiven ? 'made here' : value])
      .sort(),
    body: body.replace(/"(ms|timestamp|instance)":("[^"]*"|[\d.]+)/g, (_, name: string) => `"${name}":0`),
  };
}

/** A client that has sent a part of its body and goes on no further. Resolves when all of it was read. */
async function holdOpen(url: string, head: string, part: Buffer): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  await new Promise<void>((resolve) => socket.write(Buffer.concat([Buffer.from(head), part]), () => resolve()));
  return socket;
}

async function cutOff(url: string, head: string): Promise<void> {
  const { hostname, port } = new URL(url);
  await new Promise<void>((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => {
      socket.write(`${head}{"mess`, () => {
        socket.destroy();
        resolve();
      });
    });
  });
}

function nested(levels: number): string {
  return `{"message":${'['.repeat(levels)}${']'.repeat(levels)}}`;
}
