import { ReplogError } from '@replog/contracts/errors.js';
import { createLogger } from '@replog/runtime/logging/logger.js';
import { createMetrics } from '@replog/runtime/metrics/node-metrics.js';
import { SeededRandom } from '@replog/runtime/testing/seeded-random.js';
import { testConfig } from '@replog/runtime/testing/test-config.js';
import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';

import { Refusals } from './refusals.js';
import type { RefusedRequest } from './refusals.js';

describe('a refusal on a socket', () => {
  let refusals: Refusals;
  let lines: string[];
  const metrics = createMetrics();

  beforeEach(() => {
    lines = [];
    const logger = createLogger(testConfig({ LOG_LEVEL: 'warn' }), { write: (line) => void lines.push(line) });
    refusals = new Refusals({ config: testConfig(), random: new SeededRandom(1), logger, metrics });
  });

  const refuse = (
    code: 'OVERLOADED' | 'NOT_READY' | 'MALFORMED_REQUEST' | 'TOO_MANY_CONNECTIONS',
    request?: RefusedRequest,
  ): string => {
    const socket = Object.assign(new PassThrough(), { destroySoon: () => undefined });
    refusals.refuseOnSocket(socket, new ReplogError(code, 'So it is.'), request);
    return String(socket.read());
  };
  const write = { method: 'POST', url: '/messages/1?timeout=5', route: '/messages/:wc', ms: 3, headers: {} };

  it('is counted and logged like the answer of a route', async () => {
    const told = refuse('OVERLOADED', { ...write, headers: { 'x-request-id': 'mine' } });
    expect(told).toMatch(/^HTTP\/1\.1 503 .*x-request-id: mine\r\n/s);
    expect(await metrics.text()).toMatch(
      /^replog_http_requests_total\{method="POST",route="\/messages\/:wc",status="503"\} 1$/m,
    );
    const logged = { requestId: 'mine', method: 'POST', url: '/messages/1', status: 503, ms: 3 };
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([logged]);
  });

  it('is counted where there is no request, too', async () => {
    refuse('MALFORMED_REQUEST');
    expect(await metrics.text()).toMatch(/^replog_http_requests_total\{method="none",route="none",status="400"\} 1$/m);
  });

  it('is no warning where a health check asked for it', async () => {
    for (const url of ['/healthcheck', '/healthcheck/ready?a=1', '/cluster']) {
      refuse('NOT_READY', { headers: {}, method: 'HEAD', url });
    }
    expect(lines.map((line) => (JSON.parse(line) as { url: string }).url)).toEqual(['/cluster']);
    expect(await metrics.text()).toMatch(/^replog_http_requests_total\{method="HEAD",route="none",status="503"\} 3$/m);
  });

  it('is not logged one by one where the limit of connections says it', async () => {
    refuse('TOO_MANY_CONNECTIONS', { headers: {}, method: 'GET', url: '/cluster' });
    expect(lines).toEqual([]);
    expect(await metrics.text()).toMatch(/^replog_http_requests_total\{method="GET",route="none",status="503"\} 1$/m);
  });
});
