/** Clients that are slow, far ahead, half gone or gone. */
import { head, JSON_LINE, read, request, write } from '../attack.js';
import type { Attack, Input } from '../attack.js';

/** The node takes what has arrived in time, and then it answers or closes: the client says nothing more. */
export const neverComplete: Input = async (attack) => {
  const message = attack.message();
  const bytes = write(message, { withKey: attack.isLucky(0.8) });
  const connection = attack.connect().ask(bytes.subarray(0, attack.between(0, bytes.length - 1)), message);
  attack.isHeld = true;
  await connection.flushed();
};

/** Comes a few bytes at a time, whole in the end. */
export const inSmallPieces: Input = async (attack) => {
  const message = attack.message();
  const bytes = write(message);
  const connection = attack.connect().ask('', message);
  for (let at = 0; at < bytes.length;) {
    const end = at + attack.between(1, 20);
    connection.send(bytes.subarray(at, end));
    await connection.flushed();
    at = end;
  }
  await connection.answered(1);
};

/** A large body that stops before its end, with a key or without. */
export const largeBodyThatStops: Input = async (attack) => {
  const length = attack.between(100_000, 1_000_000);
  const lines = `${JSON_LINE}content-length: ${length}\r\n`;
  const connection = attack.connect().ask(`${head({ lines, withKey: attack.isLucky() })}\r\n`);
  connection.send(Buffer.alloc(attack.between(1, length - 1), ' '));
  attack.isHeld = true;
  await connection.flushed();
};

export const pipeline: Input = async (attack) => {
  const connection = attack.connect();
  const parts = Array.from({ length: attack.between(2, 60) }, () => aheadOf(attack));
  const broken = attack.isLucky(0.3) ? attack.between(0, parts.length - 1) : -1;
  if (broken >= 0)
    parts.splice(broken, 1, { bytes: Buffer.from('GET /messages HTTP/1.1\r\nhost\r\n\r\n'), messages: [] });
  for (const { messages } of parts) connection.ask('', ...messages);
  connection.send(Buffer.concat(parts.map(({ bytes }) => bytes)));
  await connection.answered(parts.length);
};

export const pipelineAndGone: Input = async (attack) => {
  const connection = attack.connect();
  if (attack.isLucky()) connection.stopReading();
  const parts = Array.from({ length: attack.between(2, 300) }, () => aheadOf(attack));
  for (const { messages } of parts) connection.ask('', ...messages);
  connection.send(Buffer.concat(parts.map(({ bytes }) => bytes)));
  await connection.flushed();
  connection.leave(attack.isLucky());
};

interface Part {
  readonly bytes: Buffer;
  readonly messages: readonly unknown[];
}

function aheadOf(attack: Attack): Part {
  const path = attack.oneOf(['/messages?limit=2', '/cluster', '/healthcheck', '/nowhere', '/metrics', '/messages/1']);
  if (attack.isLucky(0.4)) return { bytes: Buffer.from(read(path)), messages: [] };
  if (attack.isLucky(0.1)) return { bytes: request('{"message":'), messages: [] };
  const message = attack.message();
  const lines = attack.isLucky(0.2) ? `${JSON_LINE}idempotency-key: ${message}\r\n` : JSON_LINE;
  return { bytes: write(message, { path: `/messages/${attack.oneOf([0, 0, 1])}`, lines }), messages: [message] };
}

/** Sends no more after its request: it still gets its answer. */
export const halfClosed: Input = async (attack) => {
  const message = attack.message();
  const connection = attack.connect().ask(write(message, { path: `/messages/${attack.oneOf([0, 1])}` }), message);
  await connection.halfClose().closed();
  if (connection.answers.length !== 1) connection.fault ??= 'a whole request before a half close was not answered';
};

export const halfClosedTooEarly: Input = async (attack) => {
  const message = attack.message();
  const bytes = write(message);
  const connection = attack.connect().ask(bytes.subarray(0, attack.between(0, bytes.length - 1)), message);
  await connection.halfClose().closed();
};

export const goneTooEarly: Input = async (attack) => {
  const message = attack.message();
  const bytes = write(message, { path: `/messages/${attack.oneOf([0, 1, 'all'])}` });
  const connection = attack.connect().ask(bytes.subarray(0, attack.between(1, bytes.length)), message);
  await connection.flushed();
  connection.leave(attack.isLucky());
};

export const manyConnections: Input = async (attack) => {
  const all = Array.from({ length: attack.between(5, 30) }, () => attack.connect());
  const say = attack.oneOf(['', 'G', 'GET / HTTP/1.1\r\n', read('/healthcheck')]);
  for (const connection of all) connection.ask(say);
  attack.isHeld = attack.isLucky();
  await Promise.all(all.map((connection) => connection.flushed()));
};
