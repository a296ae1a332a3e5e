/** Clients that ask for much and take nothing, and waits of clients that are gone. */
import { JSON_LINE, read, write } from '../attack.js';
import type { Attack, Input } from '../attack.js';

const DAY_MS = 86_400_000;
const EVENTS = 'accept: text/event-stream\r\n';

/** Until others have come, or gone at once. */
async function unread(attack: Attack, bytes: string, count: number): Promise<void> {
  const connection = attack.connect().stopReading();
  for (let number = 0; number < count; number++) connection.ask('');
  connection.send(bytes.repeat(count));
  await connection.flushed();
  attack.isHeld = attack.isLucky(0.7);
}

export const tailsUnread: Input = (attack) =>
  unread(attack, read(`/messages?after=0&concern=${attack.oneOf(['local', 'majority'])}`, { lines: EVENTS }), 1);

export const filesUnread: Input = (attack) =>
  unread(attack, read('/docs/swagger-ui-bundle.js', { withKey: attack.isLucky() }), attack.between(1, 40));

export const messagesUnread: Input = (attack) =>
  unread(
    attack,
    read('/messages', { lines: attack.oneOf(['', 'accept: application/x-ndjson\r\n', EVENTS]) }),
    attack.between(1, 30),
  );

/** Concerns that nobody can meet, for a day, of clients that leave. */
export const waitsOfGoneClients: Input = async (attack) => {
  const connection = attack.connect();
  if (attack.isLucky()) connection.stopReading();
  const lines = `${JSON_LINE}${attack.isLucky(0.3) ? EVENTS : ''}`;
  for (let number = attack.between(1, 60); number > 0; number--) {
    const message = attack.message();
    connection.ask(write(message, { path: `/messages/5?timeout=${DAY_MS}`, lines }), message);
  }
  await connection.flushed();
  attack.isHeld = attack.isLucky();
};

export const receiptsOfGoneClients: Input = async (attack) => {
  const connection = attack.connect();
  for (let number = attack.between(1, 60); number > 0; number--) {
    connection.ask(read(`/messages/1/receipt?wc=5&timeout=${DAY_MS}`));
  }
  await connection.flushed();
  attack.isHeld = attack.isLucky();
};

export const streamedWritesUnread: Input = async (attack) => {
  const message = attack.message();
  const connection = attack.connect().stopReading();
  connection.ask(write(message, { path: `/messages/5?timeout=${DAY_MS}`, lines: `${JSON_LINE}${EVENTS}` }), message);
  await connection.flushed();
  attack.isHeld = true;
};
