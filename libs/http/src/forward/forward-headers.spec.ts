import { describe, expect, it } from 'vitest';
import type { RequestHead } from '../fast-path/fast-path.js';
import { answerHeaders, requestHeaders } from './forward-headers.js';

const BY = { nodeId: 's1', clusterId: 'c1', token: 't1', requestId: 'r-1', key: null, isStreamed: true };

function headOf(headers: Record<string, string>): RequestHead {
  return {
    ...{ method: 'POST', url: '/', headers, rawHeaders: Object.entries(headers).flat() },
    socket: { remoteAddress: '10.0.0.9' } as NonNullable<RequestHead['socket']>,
  };
}

const pairs = (flat: readonly string[]): Record<string, string> =>
  Object.fromEntries(flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] as string]] : [])));

describe('a request that is passed on', () => {
  it('keeps what its client said, and says who passes it on', () => {
    const said = {
      ...{ 'x-token': 'k', authorization: 'Bearer k', accept: 'text/event-stream', 'content-type': 'application/json' },
      ...{ 'content-length': '7', 'idempotency-key': 'mine' },
    };
    expect(
      pairs(
        requestHeaders(
          headOf({ ...said, host: 'public:80', 'x-request-id': 'bad id', 'x-replog-forward-token': 'x' }),
          BY,
        ),
      ),
    ).toEqual({
      ...said,
      ...{ 'x-forwarded-for': '10.0.0.9', 'x-forwarded-host': 'public:80', 'x-forwarded-proto': 'http' },
      ...{ 'x-request-id': 'r-1', 'x-replog-forwarded-by': 's1', 'x-replog-forward-token': 't1' },
      'x-replog-cluster': 'c1',
    });
  });

  it('leaves behind what belongs to the connection of its client', () => {
    const sent = requestHeaders(
      headOf({
        ...{ connection: 'keep-alive, x-secret', 'keep-alive': 'timeout=5', 'x-secret': '1', te: 'trailers' },
        ...{
          'transfer-encoding': 'chunked',
          upgrade: 'h2c',
          expect: '100-continue',
          origin: 'http://page',
          'proxy-authorization': 'x',
        },
      }),
      BY,
    );
    expect(Object.keys(pairs(sent)).sort()).toEqual([
      'x-forwarded-for',
      'x-forwarded-proto',
      'x-replog-cluster',
      'x-replog-forward-token',
      'x-replog-forwarded-by',
      'x-request-id',
    ]);
  });

  it('adds to what proxies before it said, and has the key it is given once', () => {
    const head = headOf({
      ...{ 'x-forwarded-for': '1.2.3.4', 'x-forwarded-host': 'api.example', 'x-forwarded-proto': 'https' },
      ...{ host: 'inner', 'idempotency-key': 'same', 'content-length': '3' },
    });
    const sent = requestHeaders(head, { ...BY, key: 'same', isStreamed: false });
    expect(sent).not.toContain('content-length');
    expect(sent.filter((name) => name === 'idempotency-key')).toHaveLength(1);
    expect(pairs(sent)).toMatchObject({
      ...{ 'x-forwarded-for': '1.2.3.4, 10.0.0.9', 'x-forwarded-host': 'api.example', 'x-forwarded-proto': 'https' },
      'idempotency-key': 'same',
    });
  });
});

describe('an answer that is passed back', () => {
  it('is as the master gave it, beside what this node says itself', () => {
    const given = {
      ...{ 'Content-Type': 'application/json', Location: '/messages/7/receipt?wc=1', 'Retry-After': '1' },
      ...{ 'content-length': '9', Connection: 'keep-alive, x-hop', 'Keep-Alive': 'timeout=65', 'x-hop': '1' },
      ...{ 'transfer-encoding': 'chunked', date: 'now', 'x-request-id': 'r-1', 'x-replog-node': 'm1' },
    };
    const expected = {
      ...{ 'content-type': 'application/json', location: '/messages/7/receipt?wc=1', 'retry-after': '1' },
      'x-replog-master': 'http://m1:8000',
    };
    const raw = Object.entries(given).flat();
    expect(pairs(answerHeaders(raw, 'http://m1:8000', false))).toEqual(expected);
    expect(pairs(answerHeaders(raw, 'http://m1:8000', true))).toEqual({ ...expected, 'content-length': '9' });
  });
});
