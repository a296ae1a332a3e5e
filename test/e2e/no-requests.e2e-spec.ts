/**
 * Bytes that are no request, and requests that `node:http` would refuse by itself, get a problem document. A write before them on
 * the same connection gets its own answer first.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '@replog/contracts/errors.js';
import { API_KEY } from '../support/cluster.js';
import { NodeInProcess } from '../support/node-in-process.js';
import { sendRaw } from '../support/raw-http.js';
import type { RawAnswer } from '../support/raw-http.js';

const GOOD = '{"message":"x"}';

interface Case {
  readonly what: string;
  readonly bytes: string;
  readonly status: number;
  readonly code: Problem['code'];
  readonly says: RegExp;
}

const head = (line: string, ...more: string[]): string => [line, 'Host: a', ...more, '', ''].join('\r\n');
const malformed = (says: RegExp): Pick<Case, 'status' | 'code' | 'says'> => ({
  status: 400,
  code: 'MALFORMED_REQUEST',
  says,
});
const CASES: readonly Case[] = [
  { what: 'bytes without a meaning', bytes: 'nothing\r\n\r\n', ...malformed(/not a valid HTTP\/1.1 request: /) },
  { what: 'the rest of a body that was longer', bytes: '{"message":1}', ...malformed(/[Mm]ethod/) },
  { what: 'TLS', bytes: '\u0016\u0003\u0001\u0002\u0000', ...malformed(/[Mm]ethod/) },
  { what: 'another version', bytes: head('GET /messages HTTP/1.7'), ...malformed(/[Vv]ersion/) },
  { what: 'no host', bytes: 'GET /messages HTTP/1.1\r\n\r\n', ...malformed(/no Host header/) },
  {
    what: 'two ways to end a body',
    bytes: head('POST /messages HTTP/1.1', 'Content-Length: 2', 'Transfer-Encoding: chunked'),
    ...malformed(/./),
  },
  {
    what: 'a chunk that is none',
    bytes: `${head('POST /messages HTTP/1.1', 'Transfer-Encoding: chunked', 'Content-Type: application/json', `x-token: ${API_KEY}`)}zz\r\n`,
    ...malformed(/chunk/),
  },
  {
    what: 'a method that nobody knows',
    bytes: head('FETCH /messages HTTP/1.1'),
    status: 501,
    code: 'METHOD_UNKNOWN',
    says: /\/docs/,
  },
  { what: 'a tunnel', bytes: head('CONNECT a:1 HTTP/1.1'), status: 501, code: 'METHOD_UNKNOWN', says: /\/docs/ },
  {
    what: 'another expectation',
    bytes: head('GET /messages HTTP/1.1', 'Expect: a miracle'),
    status: 417,
    code: 'EXPECTATION_UNKNOWN',
    says: /100-continue.*a miracle/,
  },
  {
    what: 'a head that is too large',
    bytes: head('GET /messages HTTP/1.1', `x: ${'y'.repeat(17_000)}`),
    status: 431,
    code: 'HEAD_TOO_LARGE',
    says: /16384 bytes/,
  },
  {
    what: 'too many header lines',
    bytes: head('GET /messages HTTP/1.1', ...Array.from({ length: 2_000 }, () => 'a:')),
    status: 431,
    code: 'HEAD_TOO_LARGE',
    says: /2000 header lines/,
  },
  {
    what: 'extensions of chunks',
    bytes: `${head('POST /messages HTTP/1.1', 'Transfer-Encoding: chunked', 'Content-Type: application/json', `x-token: ${API_KEY}`)}2;${'a'.repeat(17_000)}\r\n`,
    status: 413,
    code: 'MESSAGE_TOO_LARGE',
    says: /extensions/,
  },
  {
    what: 'a WebSocket that is not there',
    bytes: head('GET /messages HTTP/1.1', 'Connection: upgrade', 'Upgrade: websocket'),
    status: 404,
    code: 'ROUTE_NOT_FOUND',
    says: /no WebSocket/,
  },
];

/** A write, and more header lines. */
function write(path: string, ...more: string[]): string {
  const usual = ['Content-Type: application/json', `Content-Length: ${GOOD.length}`, `x-token: ${API_KEY}`];
  return `${head(`POST ${path} HTTP/1.1`, ...usual, ...more)}${GOOD}`;
}

function bodyOf(answer: RawAnswer | undefined): Record<string, unknown> {
  return JSON.parse(answer?.body ?? 'null') as Record<string, unknown>;
}

let master: NodeInProcess;
let url: string;
beforeAll(async () => {
  master = await NodeInProcess.master({
    MAX_SECONDARIES: '4',
    SECONDARIES: '2',
    HEADERS_TIMEOUT: '1',
    REQUEST_TIMEOUT: '2',
  });
  url = master.client.url;
});
afterAll(() => master.end());

describe.each(CASES)('$what', ({ bytes, status, code, says }) => {
  const expectRefusal = (answer: RawAnswer | undefined): void => {
    const headers = Object.fromEntries(answer?.headers ?? []);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    const problem = { status, code, detail: expect.stringMatching(says) as string, instance: headers['x-request-id'] };
    expect(bodyOf(answer)).toMatchObject(problem);
    expect(answer?.status).toBe(status);
  };

  it('gets a problem document, and the connection ends', async () => {
    const answers = await sendRaw(url, [bytes]);
    expect(answers).toHaveLength(1);
    expectRefusal(answers[0]);
  });

  it('is answered after the writes before it', async () => {
    const writes = write('/messages/1?timeout=50') + write('/messages/0');
    const [pending, stored, refused, ...more] = await sendRaw(url, [writes + bytes]);
    expect([pending?.status, stored?.status, more]).toEqual([202, 201, []]);
    expect(bodyOf(stored)['seq']).toBe((bodyOf(pending)['seq'] as number) + 1);
    expectRefusal(refused);
  });
});

it.each([
  ['a head', 'POST /messages HTTP/1.1\r\nHost: a\r\n'],
  ['a body', write('/messages/0', 'Proxy-Connection: close').slice(0, -2)],
])('answers %s that does not arrive in time after the write before it', async (_, part) => {
  const [pending, refused] = await sendRaw(url, [write('/messages/1?timeout=50') + part]);
  expect(pending?.status).toBe(202);
  expect([refused?.status, bodyOf(refused)]).toMatchObject([408, { code: 'REQUEST_TIMEOUT', retriable: true }]);
});

it('drops no header line: all of them count, or the request is refused', async () => {
  const lines = (count: number): string[] => [...Array.from({ length: count - 6 }, () => 'a:'), 'Connection: close'];
  const withKey = (count: number): string => write('/messages/0', ...lines(count), 'Idempotency-Key: at-the-end');
  const answers = [];
  for (const count of [2_000, 2_000, 2_001]) answers.push(...(await sendRaw(url, [withKey(count)])));
  expect(answers.map(({ status }) => status)).toEqual([201, 200, 431]);
  expect(answers.slice(0, 2).map((answer) => bodyOf(answer)['key'])).toEqual(['at-the-end', 'at-the-end']);
});

it('answers methods that the route does not take, with those that it takes', async () => {
  for (const method of ['TRACE', 'PROPFIND', 'PATCH', 'QUERY', 'LOCK']) {
    const answers = await sendRaw(url, [head(`${method} /messages HTTP/1.1`, 'Connection: close')]);
    expect([answers.length, bodyOf(answers[0])]).toMatchObject([1, { status: 405, code: 'METHOD_NOT_ALLOWED' }]);
  }
});
