import { describe, expect, it } from 'vitest';
import { MESSAGE } from './load.js';
import { PROTOCOLS } from './protocols.js';

const ADDED = '$15\r\n1700000000000-0\r\n';

describe('storing in Redis', () => {
  const { request, judge } = PROTOCOLS.redis;

  it('is one XADD a message and one WAIT', () => {
    const text = request(0, 3);
    expect(text.match(/XADD/g)).toHaveLength(3);
    expect(text.endsWith('*3\r\n$4\r\nWAIT\r\n$1\r\n1\r\n$1\r\n0\r\n')).toBe(true);
  });

  it('is done when WAIT is answered with a replica', () => {
    expect(judge(ADDED)).toEqual({ outcome: 'incomplete' });
    expect(judge(`${ADDED}:1`)).toEqual({ outcome: 'incomplete' });
    expect(judge(`${ADDED}${ADDED}:2\r\n`)).toEqual({ outcome: 'stored' });
  });

  it('has failed without a replica, and with an error before', () => {
    expect(judge(`${ADDED}:0\r\n`)).toEqual({ outcome: 'failed' });
    expect(judge(`-MISCONF Errors writing to the AOF file\r\n:1\r\n`)).toEqual({ outcome: 'failed' });
  });
});

describe('storing in NATS', () => {
  const { request, judge, greeting } = PROTOCOLS.nats;

  it('is a message with an address that was subscribed to', () => {
    const inbox = /SUB (\S+) 1\r\n/.exec(greeting(7))?.[1] ?? '';
    expect(request(7, 1)).toContain(` ${inbox} ${MESSAGE.length}\r\n${MESSAGE}\r\n`);
  });

  it('is done when the stream has given it a number', () => {
    expect(judge('INFO {"server_id":"a"}\r\n')).toEqual({ outcome: 'incomplete' });
    expect(judge('MSG _INBOX.bench.1.7 1 27\r\n{"stream":"log", "seq":4')).toEqual({ outcome: 'incomplete' });
    expect(judge('MSG _INBOX.bench.1.7 1 27\r\n{"stream":"log", "seq":42}\r\n')).toEqual({ outcome: 'stored' });
  });

  it('has failed where the stream says why not', () => {
    expect(judge('MSG _INBOX.bench.1.7 1 50\r\n{"error":{"code":503}}\r\n')).toEqual({ outcome: 'failed' });
  });

  it('answers a server that asks whether anybody is there', () => {
    expect(judge('PING\r\n')).toEqual({ outcome: 'incomplete', answer: 'PONG\r\n' });
  });
});
