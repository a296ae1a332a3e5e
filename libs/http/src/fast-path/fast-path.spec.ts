import { SeededRandom } from '@replog/runtime/testing/seeded-random.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import type { Logger } from 'pino';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';
import type { Answer } from './answer.js';
import { InflightBodies } from '../requests/inflight-bodies.js';
import { FastPath } from './fast-path.js';
import type { FastRequest, RequestHead } from './fast-path.js';

const HEAD: RequestHead = { method: 'POST', url: '/things/7?x=1', headers: {}, rawHeaders: [] };

describe('the fast path', () => {
  let fastPath: FastPath;
  let given: Answer | null;
  let requests: FastRequest[];
  const clock = new VirtualClock();
  const config = { nodeId: 'm1', corsOrigins: [] as string[] };
  const counted = vi.fn();
  const logged = vi.fn();

  beforeEach(() => {
    requests = [];
    given = { status: 201, headers: ['location', '/x'], body: 'é', mustClose: false };
    counted.mockClear();
    logged.mockClear();
    const metrics = { countRequest: counted } as Partial<NodeMetrics> as NodeMetrics;
    const logger = { isLevelEnabled: () => true, debug: logged } as Partial<Logger> as Logger;
    const bodies = new InflightBodies({ maxInflightBytes: 100 });
    fastPath = new FastPath(config, clock, new SeededRandom(1), logger, metrics, bodies);
    const answer = (_: unknown, request: FastRequest): Promise<Answer | null> => {
      requests.push(request);
      return Promise.resolve(given);
    };
    const route = { route: '/things/:id', maxBodyBytes: 20, isOpen: true, isRefused: false, answer };
    fastPath.use({ prepare: ({ url = '' }) => (url.startsWith('/things/') ? route : null) });
  });

  const answer = (requestId: string | null): Promise<Answer | null> | undefined =>
    fastPath
      .prepare(HEAD)
      ?.answer(Buffer.from('x'), { caller: null, startedMs: clock.nowMs(), requestId, idempotencyKey: 'k' });

  it('adds the headers and the log line of every answer', async () => {
    const headers = ['x-request-id', 'r-1', 'x-replog-node', 'm1', 'location', '/x', 'content-length', '2'];
    expect(await answer('r-1')).toEqual({ ...given, headers });
    expect(requests).toEqual([{ requestId: 'r-1', idempotencyKey: 'k', caller: null }]);
    expect(counted).toHaveBeenCalledExactlyOnceWith('POST', '/things/:id', 201);
    const fields = { requestId: 'r-1', method: 'POST', url: '/things/7', status: 201, ms: 0 };
    expect(logged).toHaveBeenCalledExactlyOnceWith(fields, 'POST /things/7 201');
  });

  it('gives an id to a request without one, or with one that does not fit in a log line', async () => {
    for (const sent of [null, 'two words']) expect((await answer(sent))?.headers[1]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('counts a stream when it has ended, in any way', async () => {
    const pieces = async function* (): AsyncGenerator<string> {
      yield* await Promise.resolve(['a', 'b']);
    };
    for (const mayEnd of [true, false]) {
      counted.mockClear();
      given = { status: 200, headers: [], body: pieces(), mustClose: false };
      const { body, headers } = (await answer('r')) as Answer;
      expect(headers).toEqual(['x-request-id', 'r', 'x-replog-node', 'm1']);
      expect(counted).not.toHaveBeenCalled();
      const heard = [];
      for await (const piece of body as AsyncIterable<string>) {
        heard.push(piece);
        if (!mayEnd) break;
      }
      expect(heard).toEqual(mayEnd ? ['a', 'b'] : ['a']);
      expect(counted).toHaveBeenCalledOnce();
    }
  });

  it('counts nothing if there is no answer', async () => {
    given = null;
    expect(await answer('r')).toBeNull();
    expect(counted).not.toHaveBeenCalled();
  });

  it('leaves the page of another origin to the framework if there is CORS', () => {
    const head = { ...HEAD, headers: { origin: 'https://app.example' } };
    expect(fastPath.prepare(head)).not.toBeNull();
    config.corsOrigins.push('*');
    expect([fastPath.prepare(head), fastPath.prepare(HEAD) === null]).toEqual([null, false]);
    config.corsOrigins.pop();
  });

  it('passes on what a transport has to know, and takes no other head', () => {
    expect(fastPath.prepare(HEAD)).toMatchObject({ maxBodyBytes: 20, isOpen: true });
    expect(fastPath.prepare({ ...HEAD, url: '/others' })).toBeNull();
    expect(() => fastPath.use({ prepare: () => null })).toThrow(/already/);
  });
});
