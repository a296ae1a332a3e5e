import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readPlainHead } from './plain-head.js';

const GOOD = 'POST /messages/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n';
const read = (text: string): ReturnType<typeof readPlainHead> => readPlainHead(Buffer.from(text, 'latin1'));
const withLine = (line: string): string => GOOD.replace('Host: a\r\n', `Host: a\r\n${line}\r\n`);

describe('a plain head', () => {
  it('is read, whatever follows it', () => {
    const head = read(`${withLine('X-Token:   a key')}{}and more`);
    expect(head).toMatchObject({ method: 'POST', url: '/messages/1', bodyBytes: 2, isLast: false });
    expect({ ...head?.headers }).toEqual({ host: 'a', 'x-token': 'a key', 'content-length': '2' });
    expect(head?.rawHeaders).toEqual(['Host', 'a', 'X-Token', 'a key', 'Content-Length', '2']);
    expect(head?.bytes.toString('latin1')).toBe(withLine('X-Token:   a key'));
  });

  it('says whether the connection ends after it', () => {
    expect(read(withLine('Connection: Keep-Alive'))?.isLast).toBe(false);
    expect(read(withLine('Connection: Close'))?.isLast).toBe(true);
  });

  it.each([
    ['another method', GOOD.replace('POST', 'GET')],
    ['another version', GOOD.replace('1.1', '1.0')],
    ['a whole URL', GOOD.replace('/messages', 'http://a/messages')],
    ['a space in the path', GOOD.replace('messages', 'mess ages')],
    ['no host', GOOD.replace('Host', 'Hosts')],
    ['no length', GOOD.replace('Length', 'Lengths')],
    ['a length of 0', GOOD.replace(' 2', ' 0')],
    ['a length with a sign', GOOD.replace(' 2', ' +2')],
    ['two lengths', withLine('content-length: 2')],
    ['two hosts', withLine('host: b')],
    ['the name of a property of every object', withLine('__proto__: a')],
    ['chunks', withLine('transfer-encoding: chunked')],
    ['an expectation', withLine('Expect: 100-continue')],
    ['an upgrade', withLine('upgrade: websocket')],
    ['another kind of connection', withLine('connection: upgrade')],
    ['a connection of a proxy', withLine('Proxy-Connection: close')],
    ['a line without a colon', withLine('nothing')],
    ['a line that goes on', withLine('x-token: a\r\n b')],
    ['a space before the colon', withLine('x-token : a')],
    ['a control character', withLine('x-token: a\u0001b')],
    ['a tab before a value', withLine('x-token:\ta')],
    ['a tab in a value', withLine('x-token: a\tb')],
    ['a tab behind a value', withLine('x-token: a\t')],
    ['a space behind a value', withLine('x-token: a ')],
    ['a tab behind the length', GOOD.replace(' 2', ' 2\t')],
    ['a space behind the length', GOOD.replace(' 2', ' 2 ')],
    ['a tab behind the kind of connection', withLine('connection: close\t')],
    ['a bare line feed', withLine('x-token: a\nx-other: b')],
    ['no end', GOOD.slice(0, -2)],
    ['a head that is too long', withLine(`x: ${'y'.repeat(8192)}`)],
  ])('is not one with %s', (_, text) => {
    expect(read(text)).toBeNull();
  });
});

/** A request as `node:http` reads it. */
interface Heard {
  readonly request: IncomingMessage;
  readonly body: string;
  /** The connection ends after the answer. */
  readonly isLast: boolean;
}

describe('a head that is read as plain', () => {
  let server: Server;
  let heard: Heard | null = null;
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        heard = { request, body, isLast: !response.shouldKeepAlive };
        response.end();
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const ask = async (text: string): Promise<Heard | null> => {
    heard = null;
    const socket: Socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.end(Buffer.from(text, 'latin1'));
    socket.resume();
    await once(socket, 'close');
    return heard;
  };

  /** Lines that are close to those of a usual head, with spaces and tabs wherever there may be some. */
  const blank = fc.constantFrom('', '', '', ' ', '\t', ' \t');
  const part = fc.constantFrom(
    'a',
    '2',
    ' ',
    '\t',
    'é',
    '"',
    ':',
    ',',
    '\u0001',
    '\u007f',
    '\n',
    '\r',
    '\r\n',
    'keep-alive',
    'close',
  );
  const odd = fc.array(part, { maxLength: 3 }).map((parts) => parts.join(''));
  const valueOf: Readonly<Record<string, fc.Arbitrary<string>>> = {
    'content-length': fc.constantFrom('2', '2', '12', '02', '+2', '2,2', '2 2'),
    Connection: fc.constantFrom('keep-alive', 'close', 'Keep-Alive', 'CLOSE', 'close, close', 'closed', 'upgrade'),
  };
  const line = fc
    .constantFrom('Host', 'content-length', 'X-Token', 'accept', 'Connection', 'x_1', '__proto__', 'a b', '')
    .chain((name) => {
      const value = fc.oneof(valueOf[name] ?? odd, odd);
      const colon = fc.constantFrom(':', ': ', ':', ': ', ':\t', ' : ', '');
      return fc.tuple(fc.constant(name), colon, blank, value, blank).map((parts) => parts.join(''));
    });
  const url = fc.constantFrom('/m', '/m', '/m', '/m?a=b?c#d#e', '/"<>\\^`{|}', '//m', '/é', '*', ' /m', '/m\t', 'm');
  const first = url.map((one) => `POST ${one} HTTP/1.1`);
  const usual = fc.constantFrom('Host: a\r\nContent-Length: 2\r\n', 'Host: a\r\n', '');
  const text = fc
    .tuple(first, usual, fc.array(line, { maxLength: 2 }))
    .map(([start, sure, more]) => `${start}\r\n${sure}${more.map((one) => `${one}\r\n`).join('')}\r\n`);

  it('is understood by node:http in the same way', async () => {
    let plain = 0;
    await fc.assert(
      fc.asyncProperty(text, async (bytes) => {
        const head = read(bytes);
        if (head === null) return;
        plain += 1;
        const body = 'x'.repeat(head.bodyBytes);
        const theirs = await ask(`${head.bytes.toString('latin1')}${body}`);
        expect(theirs?.request.url).toBe(head.url);
        expect(theirs?.request.rawHeaders).toEqual(head.rawHeaders);
        expect(Object.entries(theirs?.request.headers ?? {})).toEqual(Object.entries(head.headers));
        expect(theirs?.body).toBe(body);
        expect(theirs?.isLast).toBe(head.isLast);
      }),
      { numRuns: 5_000 },
    );
    expect(plain).toBeGreaterThan(100);
  });
});
