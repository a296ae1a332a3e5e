/**
 * A write is answered alike whichever way it comes: on a plain connection, through `node:http`, or by a route of Nest. There is
 * one implementation of it, whose rules its specs try (`write-head.spec.ts`, `write.service.spec.ts`); here it is the transports
 * that are compared. Three masters get the same requests in the same order, each in its own way.
 */
import { once } from 'node:events';
import { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FastPath } from '@replog/http/fast-path/fast-path.js';
import { WriteService } from '@replog/master/writes/write.service.js';
import { API_KEY } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { NodeInProcess } from '../support/node-in-process.js';
import { sendInTurn, sendRaw } from '../support/raw-http.js';
import type { RawAnswer } from '../support/raw-http.js';

const MAX_MESSAGE_BYTES = 4096;
const MAX_INFLIGHT_BYTES = 300_000;

type Transport = 'plain' | 'node:http' | 'Nest';

interface Sent {
  readonly what: string;
  readonly path?: string;
  /** Over the usual ones; `null` leaves a header out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly body?: string;
  /** A plain connection leaves it to `node:http`. */
  readonly isNotPlain?: boolean;
}

const GOOD = '{"message":"x"}';
const NDJSON = { 'content-type': 'application/x-ndjson' };
const LARGE = `{"message":"${'x'.repeat(MAX_MESSAGE_BYTES - 2)}"}`;
const CHUNKED = { 'content-length': null, 'transfer-encoding': 'chunked' };

const REQUESTS: readonly Sent[] = [
  { what: 'a write' },
  { what: 'the default concern', path: '/messages' },
  { what: 'a concern that is not met', path: '/messages/1?timeout=0' },
  { what: 'the largest message', body: LARGE },
  { what: 'beyond ASCII', body: '{"message":"héllo 😀"}' },
  { what: 'a key', headers: { 'idempotency-key': 'k-1' } },
  { what: 'the key again', headers: { 'idempotency-key': 'k-1' } },
  { what: 'the key for another message', headers: { 'idempotency-key': 'k-1' }, body: '{"message":"y"}' },
  { what: 'the id of a request', headers: { 'x-request-id': 'mine-17' } },
  { what: 'an id that is none', headers: { 'x-request-id': 'two words' } },
  { what: 'no JSON', body: '{"message":' },
  { what: 'one byte too much', body: LARGE.replace('x', 'xx') },
  { what: 'a wrong key', headers: { 'x-token': 'wrong' } },
  { what: 'another type', headers: { 'content-type': 'text/plain' } },
  { what: 'a compressed body', headers: { 'content-encoding': 'gzip' } },
  { what: 'a body that is not encoded', headers: { 'content-encoding': 'identity' } },
  { what: 'nothing that can be given', headers: { accept: 'text/html' } },
  { what: 'a concern too many', path: '/messages/5' },
  { what: 'two timeouts', path: '/messages/0?timeout=1&timeout=2' },
  { what: 'an idempotency key too long', headers: { 'idempotency-key': 'k'.repeat(256) }, isNotPlain: true },
  { what: 'a batch', headers: NDJSON, body: `${GOOD}\n${GOOD}\n`, isNotPlain: true },
  { what: 'a large batch', headers: NDJSON, body: `${LARGE}\n`.repeat(64), isNotPlain: true },
  { what: 'a bad line', headers: NDJSON, body: `${GOOD}\n{"massage":1}\n${GOOD}`, isNotPlain: true },
  { what: 'a batch with a key in its head', headers: { ...NDJSON, 'idempotency-key': 'k' } },
  {
    what: 'a batch that is announced as too large',
    headers: { ...NDJSON, 'content-length': '9999999' },
    isNotPlain: true,
  },
  { what: 'an event stream', headers: { accept: 'text/event-stream' }, isNotPlain: true },
  { what: 'a batch as an event stream', headers: { ...NDJSON, accept: 'text/event-stream' }, isNotPlain: true },
  { what: 'a body in chunks', headers: CHUNKED, body: `f\r\n${GOOD}\r\n0\r\n\r\n`, isNotPlain: true },
  { what: 'a body that waits for leave', headers: { expect: '100-continue' }, isNotPlain: true },
  { what: 'no body', headers: { 'content-length': '0' }, body: '', isNotPlain: true },
  {
    what: 'neither body, length nor type',
    headers: { 'content-length': null, 'content-type': null },
    body: '',
    isNotPlain: true,
  },
  { what: 'far too much', body: 'x'.repeat(MAX_MESSAGE_BYTES + 64 * 1024 + 1), isNotPlain: true },
];

const masters = {} as Record<Transport, NodeInProcess>;
const all = (): NodeInProcess[] => Object.values(masters);
/** Which way each request took, in the order of their heads. */
const taken: Transport[] = [];

beforeAll(async () => {
  const environment = {
    MAX_SECONDARIES: '4',
    SECONDARIES: '2',
    MAX_MESSAGE_BYTES: String(MAX_MESSAGE_BYTES),
    MAX_INFLIGHT_BYTES: String(MAX_INFLIGHT_BYTES),
    WRITE_CONCERN_TIMEOUT: '0.02',
  };
  for (const transport of ['plain', 'node:http', 'Nest'] as const) {
    masters[transport] = await NodeInProcess.master(environment);
  }
  const { prepare } = FastPath.prototype;
  vi.spyOn(FastPath.prototype, 'prepare').mockImplementation(function (this: FastPath, head) {
    const prepared = prepare.call(this, head);
    if (prepared !== null) taken.push(head instanceof IncomingMessage ? 'node:http' : 'plain');
    return prepared;
  });
  const { answer } = WriteService.prototype;
  vi.spyOn(WriteService.prototype, 'answer').mockImplementation(function (this: WriteService, ...request) {
    taken.push('Nest');
    return answer.apply(this, request);
  });
});

afterAll(async () => {
  vi.restoreAllMocks();
  for (const master of all()) await master.end();
});

it.each(REQUESTS)('answers $what alike', async (sent) => {
  const answers = [];
  for (const [transport, { client }] of Object.entries(masters)) {
    taken.length = 0;
    answers.push((await sendRaw(client.url, [bytesOf(sent, transport as Transport, true)])).map(comparable));
    // What Fastify refuses itself does not get as far as the route.
    if (transport !== 'Nest') expect(taken.at(-1)).toBe(sent.isNotPlain === true ? 'node:http' : transport);
    else expect(taken.filter((way) => way !== 'Nest')).toEqual([]);
  }
  const [plain, ...others] = answers;
  expect(plain?.length).toBeGreaterThan(0);
  for (const other of others) expect(other).toEqual(plain);
});

it('answers requests that come without waiting for the answers, in their order', async () => {
  const isKept = ({ what }: Sent): boolean => !/announced|far too much|event stream/.test(what);
  const pipelined = REQUESTS.filter(isKept);
  const answers = [];
  for (const [transport, { client }] of Object.entries(masters)) {
    const pieces = pipelined.map((sent, place) =>
      bytesOf(sent, transport as Transport, place === pipelined.length - 1),
    );
    answers.push((await sendRaw(client.url, pieces)).map(comparable));
  }
  const [plain, ...others] = answers;
  expect(plain?.length).toBeGreaterThanOrEqual(pipelined.length);
  for (const other of others) expect(other).toEqual(plain);
});

it('answers one request after the other on a plain connection, up to the first that is not plain', async () => {
  const plain = REQUESTS.filter(({ isNotPlain }) => isNotPlain !== true);
  const [other] = REQUESTS.filter(({ what }) => what === 'a batch') as [Sent];
  const inTurn = [...plain, ...plain, other, ...plain];
  const answers = [];
  for (const [transport, { client }] of Object.entries(masters)) {
    if (transport === 'node:http') continue;
    taken.length = 0;
    const requests = inTurn.map((sent) => bytesOf(sent, transport as Transport, false));
    answers.push((await sendInTurn(client.url, requests)).map(comparable));
    if (transport === 'plain') {
      const first = taken.indexOf('node:http');
      expect(taken.slice(first)).toEqual([other, ...plain].map(() => 'node:http'));
      expect(taken.slice(0, first).every((way) => way === 'plain')).toBe(true);
    }
  }
  expect(answers[1]).toEqual(answers[0]);
  await writeWhere('node:http', inTurn);
});

it('gives leave to send a body when its key is checked, and refuses it without a body otherwise', async () => {
  const waiting = { expect: '100-continue', 'content-length': String(GOOD.length) };
  for (const [transport, { client }] of Object.entries(masters)) {
    const head = (headers: Sent['headers'], isLast: boolean): Buffer =>
      bytesOf({ what: '', headers: { ...waiting, ...headers }, body: '' }, transport as Transport, isLast);
    for (const headers of [{ 'x-token': 'wrong' }, { 'x-token': null }, { 'x-token': 'wrong', ...NDJSON }]) {
      const answers = await sendRaw(client.url, [head(headers, false)]);
      expect(answers.map(({ status }) => status)).toEqual([401]);
      expect(answers[0]?.headers).toContainEqual(['connection', 'close']);
    }
    for (const headers of [{}, NDJSON]) {
      const socket = await holdOpen(client.url, head(headers, true));
      const [leave] = (await once(socket, 'data')) as [Buffer];
      expect(leave.toString()).toBe('HTTP/1.1 100 Continue\r\n\r\n');
      socket.write(GOOD);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 201 /);
      socket.destroy();
    }
  }
});

it('takes nothing of a client that goes away amid its body', async () => {
  const before = await lastSeqs();
  for (const [transport, { client }] of Object.entries(masters)) {
    for (const type of [{}, NDJSON]) {
      const sent = { what: '', headers: { ...type, 'content-length': '100' }, body: '{"mess' };
      await cutOff(client.url, bytesOf(sent, transport as Transport, true));
    }
  }
  await Promise.all(all().map(({ client }) => client.append('x', 0)));
  expect(await lastSeqs()).toEqual(before.map((seq) => seq + 1));
});

describe('of all that', () => {
  it('the same was stored', async () => {
    const [plain, ...others] = await Promise.all(
      all().map(async ({ client }) =>
        (await client.messages('?limit=10000')).map(({ seq, key, message }) => [
          seq,
          key,
          String(message).slice(0, 20),
        ]),
      ),
    );
    expect(plain?.length).toBeGreaterThan(50);
    for (const other of others) expect(other).toEqual(plain);
  });

  it('the same was counted', async () => {
    const counts = async ({ client }: NodeInProcess): Promise<string[]> =>
      (await client.get<string>('/metrics')).body
        .split('\n')
        .filter((line) =>
          /^replog_(http_requests_total{method="POST"|appends_total|concern_wait_seconds_count)/.test(line),
        )
        .sort();
    const [plain, ...others] = await Promise.all(all().map(counts));
    expect(plain?.length).toBeGreaterThan(5);
    for (const other of others) expect(other).toEqual(plain);
  });

  it('the same was logged', async () => {
    const requests = ({ lines }: NodeInProcess): string[] =>
      lines
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter((line) => line['method'] === 'POST')
        .map(({ time: _time, ms: _ms, requestId: _requestId, ...line }) =>
          JSON.stringify(line).replaceAll('%6dessages', 'messages'),
        )
        .sort();
    const [plain, ...others] = all() as [NodeInProcess, ...NodeInProcess[]];
    expect(requests(plain).length).toBeGreaterThan(50);
    for (const other of others) {
      await eventually('everything is logged', () => requests(other).length === requests(plain).length);
      expect(requests(other)).toEqual(requests(plain));
    }
  });
});

// Last: how often it asks is not the same for all.
it('refuses a batch while too much of others is being read, and forgets those that went away', async () => {
  for (const [transport, { client }] of Object.entries(masters)) {
    const send = async (): Promise<number | undefined> => {
      const batch = { what: '', headers: NDJSON, body: `${LARGE}\n`.repeat(26) };
      return (await sendRaw(client.url, [bytesOf(batch, transport as Transport, true)]))[0]?.status;
    };
    const half = { what: '', headers: { ...NDJSON, 'content-length': '250000' }, body: 'x'.repeat(200_000) };
    const holder = await holdOpen(client.url, bytesOf(half, transport as Transport, true));
    // Nor is anything left of those that were refused: so many of them would fill what there is.
    for (let refused = 0; refused < 5; refused++) expect(await send()).toBe(503);
    holder.destroy();
    await eventually('what was held is released', async () => (await send()) === 201);
  }
});

/** The same writes once more, so that every master has had them. */
async function writeWhere(transport: Transport, requests: readonly Sent[]): Promise<void> {
  const { client } = masters[transport];
  for (const sent of requests) await sendRaw(client.url, [bytesOf(sent, transport, true)]);
}

function lastSeqs(): Promise<number[]> {
  return Promise.all(all().map(async ({ client }) => (await client.cluster()).lastSeq));
}

/** As it is, so that it is plain; with a header that is not; or with a path that has to be decoded, which is the router's. */
function bytesOf(sent: Sent, transport: Transport, isLast: boolean): Buffer {
  const { body = GOOD, headers } = sent;
  const path = sent.path ?? '/messages/0';
  const fields: Record<string, string | null> = {
    host: 'replog',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'x-token': API_KEY,
    ...(isLast ? { connection: 'close' } : {}),
    ...(transport === 'node:http' ? { 'proxy-connection': 'keep-alive' } : {}),
    ...headers,
  };
  const lines = Object.entries(fields).map(([name, value]) => (value === null ? '' : `${name}: ${value}\r\n`));
  const target = transport === 'Nest' ? path.replace('messages', '%6dessages') : path;
  return Buffer.from(`POST ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}

/** Without what differs from one answer to the next. */
function comparable({ status, headers, body }: RawAnswer): unknown {
  const isGiven = headers.some(([name, value]) => name === 'x-request-id' && value === 'mine-17');
  return {
    status,
    headers: headers
      .filter(([name]) => name !== 'date' && name !== 'content-length')
      .map(([name, value]) => [name, name === 'x-request-id' && !isGiven ? 'made here' : value])
      .sort(),
    // Chunks have the length of what they hold before them.
    body: body.replace(/"(ms|timestamp|instance)":("[^"]*"|[\d.]+)/g, '"$1":0').replace(/^[0-9a-f]+\r$/gm, ''),
  };
}

/** A client that has sent a part of its body and goes on no further. Resolves when it is sent. */
async function holdOpen(url: string, bytes: Buffer): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
  return socket;
}

async function cutOff(url: string, bytes: Buffer): Promise<void> {
  (await holdOpen(url, bytes)).destroy();
}
