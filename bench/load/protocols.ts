/** The few words of Redis and NATS that storing a message takes. Pure: text out, text in. */
import { MESSAGE } from './load.js';

export type ProtocolName = 'redis' | 'nats';

export interface Judgement {
  readonly outcome: 'incomplete' | 'stored' | 'failed';
  /** To be said at once, whatever else is under way. */
  readonly answer?: string;
}

export interface Protocol {
  /** Once, on a new connection. */
  greeting(client: number): string;
  request(client: number, batch: number): string;
  /** All that was heard since the last request was sent. */
  judge(heard: string): Judgement;
}

export const NATS_SUBJECT = 'log.messages';

/** XADD for every message, and one WAIT for a replica: the last thing that is answered, by a number of replicas. */
const redis: Protocol = {
  greeting: () => '',
  request: (_client, batch) =>
    redisCommand('XADD', 'log', '*', 'm', MESSAGE).repeat(batch) + redisCommand('WAIT', '1', '0'),
  judge: (heard) => {
    const waited = /(?:^|\r\n):(\d+)\r\n$/.exec(heard);
    if (waited === null) return { outcome: 'incomplete' };
    return { outcome: Number(waited[1]) >= 1 && !/(?:^|\r\n)-/.test(heard) ? 'stored' : 'failed' };
  },
};

/** A message published with an address for the acknowledgement of the stream. */
const nats: Protocol = {
  greeting: (client) => `CONNECT {"verbose":false,"pedantic":false}\r\nSUB ${inboxOf(client)} 1\r\n`,
  request: (client) => `PUB ${NATS_SUBJECT} ${inboxOf(client)} ${MESSAGE.length}\r\n${MESSAGE}\r\n`,
  judge: (heard) => {
    const ping = heard.endsWith('PING\r\n') ? { answer: 'PONG\r\n' } : {};
    if (/(?:^|\r\n)-ERR/.test(heard) || /"error":/.test(heard)) return { outcome: 'failed', ...ping };
    return { outcome: /"seq":\d+[^\r]*\}\r\n/.test(heard) ? 'stored' : 'incomplete', ...ping };
  },
};

export const PROTOCOLS: Readonly<Record<ProtocolName, Protocol>> = { redis, nats };

function redisCommand(...words: string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

const inboxOf = (client: number): string => `_INBOX.bench.${process.pid}.${client}`;
