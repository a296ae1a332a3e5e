import { describe, expect, it } from 'vitest';
import { httpProtocol } from './http-protocol.js';

const URL_OF_ONE = 'http://127.0.0.1:8000/messages/1?timeout=5';

describe('a message by HTTP', () => {
  const { request, judge } = httpProtocol({ url: URL_OF_ONE, headers: { 'x-token': 'k' }, body: '{"message":"é"}' });

  it('is one POST with its length in bytes', () => {
    expect(request(0, 1)).toBe(
      'POST /messages/1?timeout=5 HTTP/1.1\r\nhost: 127.0.0.1:8000\r\nx-token: k\r\ncontent-length: 16\r\n\r\n{"message":"é"}',
    );
  });

  it('is stored once an answer that says so has come to its end', () => {
    const answer = 'HTTP/1.1 201 Created\r\nContent-Length: 10\r\ndate: x\r\n\r\n{"seq":1}\n';
    for (let heard = 0; heard < answer.length; heard++) {
      expect(judge(answer.slice(0, heard))).toEqual({ outcome: 'incomplete' });
    }
    expect(judge(answer)).toEqual({ outcome: 'stored' });
  });

  it('has failed where it is refused, and where an answer has no length', () => {
    expect(judge('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\n\r\n{}')).toEqual({ outcome: 'failed' });
    expect(judge('HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n')).toEqual({ outcome: 'failed' });
  });
});
