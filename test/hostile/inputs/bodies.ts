/** Bodies that are well framed, and wrong inside. */
import { API_KEY } from '../../support/cluster.js';
import { head, JSON_LINE, NDJSON_LINE, request } from '../attack.js';
import type { Attack, Input } from '../attack.js';

async function isAnswered(attack: Attack, bytes: string | Buffer, ...messages: readonly unknown[]): Promise<void> {
  await attack
    .connect()
    .ask(bytes, ...messages)
    .answered(1);
}

export const deepNesting: Input = async (attack) => {
  const message = attack.message();
  const levels = attack.between(1, 200_000);
  const [open, close] = attack.oneOf([
    ['[', ']'],
    ['{"a":', '}'],
    ['[{"a":', '}]'],
  ] as const);
  const count = Math.min(levels, Math.floor(200_000 / (open.length + close.length)));
  const isClosed = attack.isLucky(0.8);
  const value = `${open.repeat(count)}${JSON.stringify(message)}${isClosed ? close.repeat(count) : ''}`;
  const isBatch = attack.isLucky(0.3);
  const body = `{"message":${value}}`;
  const stored = isClosed ? readable(value) : message;
  await isAnswered(attack, request(body, { lines: isBatch ? NDJSON_LINE : JSON_LINE }), stored);
};

/** Our own parser may find it too deep. Then the node does too, and stores nothing. */
function readable(value: string): unknown {
  try {
    const parsed: unknown = JSON.parse(value);
    JSON.stringify(parsed);
    return parsed;
  } catch {
    return value;
  }
}

export const giantLine: Input = async (attack) => {
  const message = attack.message();
  const many = attack.between(1, 600_000);
  const good = JSON.stringify({ message });
  const bodies = [
    () => `{"message":${JSON.stringify(message + 'x'.repeat(many))}}`,
    () => `${good}\n${JSON.stringify({ message: `${attack.message()} ${'x'.repeat(many)}` })}`,
    () => `${good}${' '.repeat(many)}`,
    () => `${'\n'.repeat(many)}${good}`,
    () => `{"message":${' '.repeat(many)}${JSON.stringify(message)}}`,
    () => `{"${'x'.repeat(many)}":1,"message":${JSON.stringify(message)}}`,
    () => `{"message":[${'1,'.repeat(many >> 1)}${JSON.stringify(message)}]}`,
  ];
  const place = attack.between(0, bodies.length - 1);
  const body = bodies[place]?.() ?? '';
  const lines = attack.oneOf([JSON_LINE, NDJSON_LINE]);
  await isAnswered(attack, request(body, { lines }), ...storedBy(body, message));
};

/** What the whole body is as JSON, or each of its lines. */
function storedBy(body: string, otherwise: unknown): unknown[] {
  const texts = body.split('\n').filter((line) => line.trim() !== '');
  try {
    return texts.map((text) => (JSON.parse(text) as { message: unknown }).message);
  } catch {
    return [otherwise];
  }
}

export const wrongUtf8: Input = async (attack) => {
  const message = attack.message();
  const wrong = attack.oneOf([
    '\xff',
    '\xc0\xaf',
    '\xed\xa0\x80',
    '\xf4\x90\x80\x80',
    '\xe2\x82',
    '\x80',
    '\xfe\xff',
    '\0',
  ]);
  const around = `{"message":"${message}${wrong}"}`;
  const body = attack.oneOf([
    Buffer.from(around, 'latin1'),
    Buffer.from(`\xef\xbb\xbf{"message":"${message}"}`, 'latin1'),
    Buffer.from(`{"message":"${message}"}`, 'utf16le'),
    Buffer.from(`{"${wrong}":1,"message":"${message}"}`, 'latin1'),
    Buffer.from(`{"message":"${message}"}${wrong}`, 'latin1'),
    Buffer.from(`{"message":"${message}","key":"${wrong}"}`, 'latin1'),
    Buffer.from(`{"message":"${message}\\ud800"}`),
    Buffer.from(`{"message":"\\udc00\\ud800${message}"}`),
  ]);
  const text = body.toString();
  await isAnswered(
    attack,
    request(body, { lines: attack.oneOf([JSON_LINE, NDJSON_LINE]) }),
    ...storedBy(text, message),
  );
};

export const wrongJson: Input = async (attack) => {
  const message = attack.message();
  const text = JSON.stringify(message);
  const body = attack.oneOf([
    ...['', '{', '}', 'null', '[]', '"x"', '0', '{"message"', '{"message":', '{}', '[{"message":1}]', 'NaN', '// {}'],
    ...[
      `{"message":${text}`,
      `{"message":${text}}}`,
      `{"message":${text},}`,
      `{'message':${text}}`,
      `{message:${text}}`,
    ],
    ...[`{"message":${text}} {"message":${text}}`, `{"message":${text}}\v`, `{"message":${text}}\u00a0`],
    ...[`{"message":${text},"other":1}`, `{"message":${text},"__proto__":{"a":1}}`, `{"__proto__":${text}}`],
    ...[`{"message":${text},"constructor":1}`, `{"message":${text},"message":${text}}`, `{"message":${text},"key":{}}`],
    ...[`{"message":[${text},1e999999,-0,${'9'.repeat(5_000)}]}`, `{"message":{"__proto__":{"a":${text}}}}`],
    ...[
      `{"message":[${text},01]}`,
      `{"message":[${text},.5]}`,
      `{"message":[${text},+1]}`,
      `{"message":"\t${message}"}`,
    ],
    ...[`\t{\t"message"\t:\t${text}\t}\t`, `{"message":${text},"key":"${'k'.repeat(attack.between(1, 2_000))}"}`],
  ]);
  const lines = attack.oneOf([JSON_LINE, NDJSON_LINE, 'content-type: text/plain\r\n', '', 'content-type: \xff\r\n']);
  const path = attack.oneOf(['/messages/0', '/messages/0', '/messages', '/messages/all?timeout=1']);
  await isAnswered(attack, request(body, { lines, path }), ...storedBy(body, message));
};

/** Compressed, or said to be. */
export const encodedBody: Input = async (attack) => {
  const coding = attack.oneOf(['gzip', 'deflate', 'br', 'zstd', 'gzip, gzip', 'x', 'identity']);
  const body = attack.isLucky() ? attack.bytes(attack.between(1, 2_000)) : Buffer.alloc(attack.between(1, 100_000));
  await isAnswered(attack, request(body, { lines: `${JSON_LINE}content-encoding: ${coding}\r\n` }));
};

/** The node may say 100 first, and then it waits for a body, for a while. */
export const expectations: Input = async (attack) => {
  const message = attack.message();
  const body = JSON.stringify({ message });
  const expect = attack.oneOf(['100-continue', '100-Continue', '200-ok', '100-continue, 100-continue', '']);
  const lines = `${JSON_LINE}expect: ${expect}\r\ncontent-length: ${body.length}\r\n`;
  const connection = attack.connect().ask(`${head({ lines, withKey: attack.isLucky(0.8) })}\r\n`, message);
  if (attack.isLucky()) connection.send(body);
  else connection.halfClose();
  await connection.answered(1);
};

/** Keys that are wrong, and right ones where another belongs. */
export const wrongKeys: Input = async (attack) => {
  const message = attack.message();
  const key = attack.oneOf(['wrong', '', API_KEY.slice(1), `${API_KEY}\xff`, 'x'.repeat(attack.between(100, 9_000))]);
  const body = JSON.stringify({ message });
  await isAnswered(attack, request(body, { withKey: false, lines: `${JSON_LINE}x-token: ${key}\r\n` }), message);
};
