/** Requests that are no HTTP, or that two readers could read in two ways. */
import { head, JSON_LINE, read, request, write } from '../attack.js';
import type { Attack, Input } from '../attack.js';

const BROKEN_LINES = [
  'GET\r\n\r\n',
  'GET /\r\n\r\n',
  'GET /messages HTTP/9.9\r\nhost: a\r\n\r\n',
  'GET  /messages  HTTP/1.1\r\nhost: a\r\n\r\n',
  ' GET /messages HTTP/1.1\r\nhost: a\r\n\r\n',
  'get /messages HTTP/1.1\r\nhost: a\r\n\r\n',
  'FROBNICATE /messages HTTP/1.1\r\nhost: a\r\n\r\n',
  'GET /mess\0ages HTTP/1.1\r\nhost: a\r\n\r\n',
  'GET /mess ages HTTP/1.1\r\nhost: a\r\n\r\n',
  'GET /\xff\xfe HTTP/1.1\r\nhost: a\r\n\r\n',
  'GET http://a/messages HTTP/1.1\r\nhost: b\r\n\r\n',
  'GET // HTTP/1.1\r\nhost: a\r\n\r\n',
  'GET http:// HTTP/1.1\r\nhost: a\r\n\r\n',
  'GET * HTTP/1.1\r\nhost: a\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n',
  'CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\n',
  'TRACE / HTTP/1.1\r\nhost: a\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'GET / HTTP/1.1\r\n\r\n',
  'GET / HTTP/1.0\r\n\r\n',
  'GET / HTTP/0.9\r\n\r\n',
  '\r\n\r\n\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n',
];

/** The node answers, closes, or waits for more: half of them say that no more comes. */
async function isJudged(attack: Attack, bytes: string | Buffer, ...messages: readonly unknown[]): Promise<void> {
  const connection = attack.connect().ask(bytes, ...messages);
  if (attack.isLucky()) connection.halfClose();
  await connection.answered(1);
}

export const brokenRequestLine: Input = (attack) => isJudged(attack, attack.oneOf(BROKEN_LINES));

export const randomBytes: Input = (attack) => isJudged(attack, attack.bytes(attack.between(1, 4_000)));

/** A good write in which one byte is another. */
export const oneByteWrong: Input = async (attack) => {
  const message = attack.message();
  const bytes = write(message);
  const place = attack.between(0, bytes.length - 1);
  bytes[place] = attack.between(0, 255);
  const text = bytes.toString('latin1');
  // The byte may be one of the message: then that is what it would store.
  const body = /\r\n\r\n(.*)$/s.exec(text)?.[1] ?? '';
  await isJudged(attack, bytes, messageIn(body) ?? message);
};

function messageIn(body: string): unknown {
  try {
    return (JSON.parse(Buffer.from(body, 'latin1').toString()) as { message?: unknown }).message;
  } catch {
    return undefined;
  }
}

export const brokenChunks: Input = async (attack) => {
  const message = attack.message();
  const body = JSON.stringify({ message });
  const size = body.length.toString(16);
  const chunks = attack.oneOf([
    `${size}\r\n${body}\r\nxyz\r\n\r\n`,
    `-${size}\r\n${body}\r\n0\r\n\r\n`,
    `+${size}\r\n${body}\r\n0\r\n\r\n`,
    `0x${size}\r\n${body}\r\n0\r\n\r\n`,
    `${size} \r\n${body}\r\n0\r\n\r\n`,
    `${size}\n${body}\n0\n\n`,
    `${size}\r\n${body}0\r\n\r\n`,
    `${(body.length - 3).toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    `${(body.length + 3).toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    `fffffffffffffffff\r\n${body}\r\n0\r\n\r\n`,
    `7fffffffffffffff\r\n${body}\r\n0\r\n\r\n`,
    `${size};${'x'.repeat(20_000)}\r\n${body}\r\n0\r\n\r\n`,
    `${size};a=b\r\n${body}\r\n0;c=d\r\n\r\n`,
    `${size}\r\n${body}\r\n0\r\nx-token: other\r\n\r\n`,
    `${size}\r\n${body}\r\n0\r\n${'trailer: a\r\n'.repeat(3_000)}\r\n`,
    `${size}\r\n${body}\r\n0\r\n: \0\r\n\r\n`,
    `${[...body].map((byte) => `1\r\n${byte}\r\n`).join('')}0\r\n\r\n`,
    `${size}\r\n${body}\r\n`,
    `\r\n${size}\r\n${body}\r\n0\r\n\r\n`,
  ]);
  await isJudged(attack, `${head({ lines: JSON_LINE })}transfer-encoding: chunked\r\n\r\n${chunks}`, message);
};

/** What stands behind the length that the node goes by must not be taken for a request: a proxy may have read it as a body. */
export const lengthConflict: Input = async (attack) => {
  const message = attack.message();
  const smuggled = attack.message();
  attack.forbidden.push(smuggled);
  const body = JSON.stringify({ message });
  const more = write(smuggled).toString('latin1');
  const [short, long] = [body.length, body.length + more.length];
  const chunked = 'transfer-encoding: chunked\r\n';
  const lines = attack.oneOf([
    `content-length: ${short}\r\ncontent-length: ${long}\r\n`,
    `content-length: ${long}\r\ncontent-length: ${short}\r\n`,
    `content-length: ${short}, ${long}\r\n`,
    `content-length: ${long}\r\n${chunked}`,
    `${chunked}content-length: ${long}\r\n`,
    `content-length: ${long}\r\ntransfer-encoding: xchunked\r\n`,
    `content-length: ${long}\r\ntransfer-encoding: identity\r\n`,
    `content-length: ${long}\r\ntransfer-encoding : chunked\r\n`,
    `content-length: ${long}\r\ntransfer-encoding:\r\n chunked\r\n`,
    `content-length: ${long}\r\ntransfer-encoding: chunked, identity\r\n`,
    `transfer-encoding: chunked\r\ntransfer-encoding: identity\r\ncontent-length: ${long}\r\n`,
    `content-length: +${short}\r\n`,
    `content-length: 0x${short.toString(16)}\r\n`,
    `content-length: ${short} ${long}\r\n`,
    `content-length: -${short}\r\n`,
    `content-length: ${short}.0\r\n`,
    `content-length: 99999999999999999999999\r\n`,
    `content-length: \r\n`,
    `content-length : ${short}\r\n`,
    ` content-length: ${short}\r\n`,
    `content-length\0: ${short}\r\n`,
    `content-length:\r\n ${short}\r\n`,
  ]);
  const start = attack.oneOf([body, `0\r\n\r\n`, `${short.toString(16)}\r\n${body}\r\n0\r\n\r\n`]);
  await isJudged(attack, `${head({ lines: JSON_LINE })}${lines}\r\n${start}${more}`, message);
};

export const headerFlood: Input = async (attack) => {
  const lines = attack.oneOf([
    () => 'x-flood: 1\r\n'.repeat(attack.between(500, 5_000)),
    () => `x-flood: ${'x'.repeat(attack.between(10_000, 300_000))}\r\n`,
    () => `${'x'.repeat(attack.between(10_000, 100_000))}: 1\r\n`,
    () => `cookie: ${'a=b; '.repeat(attack.between(1_000, 20_000))}\r\n`,
    () => Array.from({ length: attack.between(100, 3_000) }, (_, number) => `x-${number}: ${number}\r\n`).join(''),
    () => '__proto__: 1\r\nconstructor: 2\r\ntoString: 3\r\n',
    () => 'x-a: b\rc\r\n',
    () => 'x-a: b\nc: d\r\n',
    () => 'x-a: \0\r\n',
    () => 'x-a: \x7f\xff\r\n',
    () => ': no name\r\n',
    () => 'no colon\r\n',
    () => 'b\xe4d n\xe4me: 1\r\n',
  ])();
  const message = attack.message();
  await isJudged(attack, request(JSON.stringify({ message }), { lines: `${JSON_LINE}${lines}` }), message);
};

/** A path, a query and headers that no route expects. */
export const strangeParameters: Input = async (attack) => {
  const long = 'x'.repeat(attack.between(1, 10_000));
  const path = attack.oneOf([
    ...['/%', '/%ff', '/messages/%00', '/messages?after=%', '/messages?after[]=1', '/messages?after=1&after=2'],
    ...['/messages/../cluster', '/messages//', '/MESSAGES', '/messages/1e3', '/messages/-1', '/messages/0x1'],
    ...['/messages?__proto__=1', '/messages?constructor=1', '/messages/1/receipt?wc=__proto__', '/docs/..%2f..%2fetc'],
    ...[
      '/docs/%2e%2e/%2e%2e/package.json',
      '/ui/..%5c..%5c',
      '/messages?limit=1e9',
      '/messages?after=9007199254740993',
    ],
    ...[`/${long}`, `/messages?${long}`, `/messages?after=${long}`, `/receipts/${long}`, `/orphans/${long}`],
    ...['/receipts/%ff', '/write-concern/NaN', '/secondaries/%2e%2e', '/metrics?x', '/healthcheck?'],
  ]);
  const method = attack.oneOf(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'M-SEARCH']);
  const lines = attack.oneOf([
    '',
    'accept: nothing\r\n',
    `accept: ${'a/b,'.repeat(attack.between(1, 3_000))}\r\n`,
    'last-event-id: \xff\r\n',
    `last-event-id: ${long}\r\naccept: text/event-stream\r\n`,
    'authorization: Bearer\r\n',
    `authorization: Bearer ${long}\r\n`,
    'x-token: one\r\nx-token: two\r\n',
    'connection: upgrade, close, keep-alive\r\n',
    'range: bytes=0-,1-,2-\r\n',
    'if-none-match: *\r\n',
    'expect: a miracle\r\n',
  ]);
  await isJudged(attack, read(path, { method, lines }));
};
