import { NodeConfig } from '@replog/runtime/config/node-config.js';
import { Body, Controller, Get, Global, Module, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { ReplogError } from '@replog/contracts/errors.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { Type } from 'class-transformer';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';

import { createNodeServer } from '@replog/http/server/node-server.js';
import { MetricsModule } from '../api/metrics/metrics.module.js';
import { createNodeApp } from '../host/node-app.js';
import type { NodeApp } from '../host/node-app.js';
import { moduleOf } from '../testing/module-of.js';
import { DAMAGE_REPORTER } from '@replog/log-store/damage-reporter.port.js';
import { Parameters } from '@replog/http/requests/parameters.decorator.js';
import { JsonBody } from '@replog/http/requests/json-bodies.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { testContext } from '@replog/cluster/testing/fake-node.js';
import { CLIENT_KEY, testConfig } from '@replog/runtime/testing/test-config.js';

class PageQuery {
  @IsOptional()
  @Type(() => Number)
  @IsInt({ message: 'limit must be a whole number' })
  @Min(1)
  @Max(10)
  limit?: number;
}

class Greeting {
  @IsString()
  name!: string;
}

async function* half(): AsyncGenerator<Buffer> {
  yield Buffer.from('the first half');
  await new Promise((resolve) => setImmediate(resolve));
  throw new Error('the disk broke');
}

@OpenTo('client')
@Controller('things')
class ThingsController {
  @Get()
  @Parameters('limit')
  list(@Query() query: PageQuery): unknown {
    return { isDto: query instanceof PageQuery, limit: query.limit ?? null };
  }

  @Get(':id')
  one(@Param('id') id: string): unknown {
    if (id === 'moved') throw new ReplogError('NOT_MASTER', 'Ask there.', { location: 'http://m2' });
    if (id === 'half') return new StreamableFile(Readable.from(half()));
    if (id === 'later') throw new ReplogError('NO_QUORUM', 'Wait.', { retryAfterS: 1.2 });
    if (id === 'damaged') throw new CorruptRecordError('000001', 17, 4096, 'crc');
    if (id === 'broken') throw new Error('the password is hunter2');
    return { id };
  }

  @Post('parsed')
  parsed(@Body() body: Greeting): unknown {
    return { isDto: body instanceof Greeting, name: body.name };
  }

  @Post('raw')
  async raw(@Body() body: unknown): Promise<unknown> {
    if (body === undefined) return { kind: 'none' };
    const chunks: Buffer[] = [];
    const stream = body instanceof JsonBody ? body.stream : (body as Readable);
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return { kind: body instanceof JsonBody ? 'json' : 'stream', text: Buffer.concat(chunks).toString() };
  }
}

/** Offsets of reported damage. */
const damaged: number[] = [];

@Global()
@Module({
  providers: [
    { provide: DAMAGE_REPORTER, useValue: { report: ({ index }: CorruptRecordError) => damaged.push(index) } },
  ],
  exports: [DAMAGE_REPORTER],
})
class DamageModule {}

const THINGS = { imports: [DamageModule, MetricsModule], controllers: [ThingsController] };

const JSON_TYPE = { 'content-type': 'application/json' };
const KEY = { 'x-token': CLIENT_KEY };

describe('the application of a node', () => {
  let node: NodeApp;

  const start = async (context = testContext()): Promise<NodeApp> =>
    (node = await createNodeApp(moduleOf(context, THINGS), context));

  const send = (
    method: 'GET' | 'POST' | 'DELETE' | 'OPTIONS',
    url: string,
    payload?: string | Buffer | Readable,
    headers = {},
  ) => node.app.inject({ method, url, headers: { ...KEY, ...headers }, ...(payload === undefined ? {} : { payload }) });

  afterEach(() => node.app.close());

  it('gives a DTO the parsed body, and a raw handler the unread body', async () => {
    await start();
    const parsed = await send('POST', '/things/parsed', '{"name":"x"}', JSON_TYPE);
    expect(parsed.json()).toEqual({ isDto: true, name: 'x' });
    const unread = await send('POST', '/things/raw', '{"name":"x"}', JSON_TYPE);
    expect(unread.json()).toEqual({ kind: 'json', text: '{"name":"x"}' });
    const stream = await send('POST', '/things/raw', '1\n2\n', { 'content-type': 'application/x-ndjson' });
    expect(stream.json()).toEqual({ kind: 'stream', text: '1\n2\n' });
    expect((await send('POST', '/things/raw')).json()).toEqual({ kind: 'none' });
  });

  it('accepts a body with the largest message, and refuses far larger ones', async () => {
    await start(testContext({ config: testConfig({ MAX_MESSAGE_BYTES: '1000' }) }));
    const ofBytes = (bytes: number): string => `{"name":"${'x'.repeat(bytes)}"}`;
    expect((await send('POST', '/things/parsed', ofBytes(5_000), JSON_TYPE)).statusCode).toBe(201);
    const inPieces = Readable.from([Buffer.from(ofBytes(70_000))]);
    for (const payload of [ofBytes(70_000), inPieces]) {
      const refused = await send('POST', '/things/parsed', payload, JSON_TYPE);
      expect([refused.statusCode, refused.json().code]).toEqual([413, 'MESSAGE_TOO_LARGE']);
      expect(refused.headers['connection']).toBe('close');
    }
  });

  it('refuses a request without a key before its body has come', async () => {
    await start();
    const endless = new Readable({ read: () => undefined });
    const refused = await send('POST', '/things/parsed', endless, { ...JSON_TYPE, 'x-token': 'unknown' });
    expect([refused.statusCode, endless.readableDidRead]).toEqual([401, false]);
    endless.destroy();
  });

  it.each([
    ['no JSON', '{"name":', JSON_TYPE, 400, 'INVALID_BODY'],
    ['an empty body', '', JSON_TYPE, 400, 'INVALID_BODY'],
    ['no object', '[1]', JSON_TYPE, 400, 'INVALID_BODY'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), JSON_TYPE, 400, 'INVALID_BODY'],
    ['a form', 'name=x', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'a batch where one thing is asked',
      '1',
      { 'content-type': 'application/x-ndjson' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
  ])('refuses %s', async (_what, payload, headers, status, code) => {
    await start();
    const answer = await send('POST', '/things/parsed', payload, headers);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it('names the faulty field of a body or query', async () => {
    await start();
    const body = await send('POST', '/things/parsed');
    expect(body.json()).toMatchObject({ status: 400, code: 'INVALID_BODY', field: 'name' });
    const query = await send('GET', '/things?limit=x');
    expect(query.json()).toMatchObject({ status: 400, code: 'INVALID_PARAMETER', field: 'limit' });
    const unknown = await send('GET', '/things?limti=3');
    expect(unknown.json()).toMatchObject({ status: 400, code: 'INVALID_PARAMETER', field: 'limti' });
    expect((await send('GET', '/things?limit=3')).json()).toEqual({ isDto: true, limit: 3 });
  });

  it('sends redirect, retry delay and request id with an error', async () => {
    await start();
    const moved = await send('GET', '/things/moved', undefined, { 'x-request-id': 'abc' });
    expect([moved.statusCode, moved.headers['location']]).toEqual([307, 'http://m2/things/moved']);
    expect(moved.headers['x-request-id']).toBe('abc');
    expect(moved.json()).toMatchObject({ code: 'NOT_MASTER', detail: 'Ask there.', instance: 'abc' });
    expect((await send('GET', '/things/later')).headers['retry-after']).toBe('2');
  });

  it('reveals nothing about an internal error', async () => {
    await start();
    const answer = await send('GET', '/things/broken');
    expect([answer.statusCode, answer.json().code]).toEqual([500, 'INTERNAL']);
    expect(answer.body).not.toContain('hunter2');
  });

  it('names a damaged record that any route finds, and reports it', async () => {
    await start();
    const answer = await send('GET', '/things/damaged');
    expect(answer.json()).toMatchObject({ status: 500, code: 'CORRUPT_RECORD', segment: '000001', index: 17 });
    expect(damaged).toEqual([17]);
  });

  it('distinguishes a wrong path from a wrong method', async () => {
    await start();
    expect((await send('GET', '/nothing')).json()).toMatchObject({ status: 404, code: 'ROUTE_NOT_FOUND' });
    const wrong = await send('DELETE', '/things/3');
    expect(wrong.json()).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
    expect(wrong.headers['allow']).toBe('GET, HEAD, OPTIONS');
    expect((await send('GET', '/things/%zz')).json()).toMatchObject({ status: 400, code: 'INVALID_PARAMETER' });
    expect((await send('GET', `/things/${'x'.repeat(2000)}`)).json()).toMatchObject({ code: 'INVALID_PARAMETER' });
  });

  it('says to OPTIONS which methods a path has, without a key', async () => {
    await start();
    const answer = await send('OPTIONS', '/things/parsed', undefined, { 'x-token': '' });
    expect([answer.statusCode, answer.headers['allow'], answer.body]).toEqual([204, 'GET, HEAD, OPTIONS, POST', '']);
    expect((await send('OPTIONS', '/nothing')).statusCode).toBe(404);
  });

  describe('for a page of another origin', () => {
    const PAGE = { origin: 'https://app.example' };
    const ASKS = { ...PAGE, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-token' };
    const corsOf = ({ headers }: { readonly headers: Record<string, unknown> }): unknown[] =>
      ['allow-origin', 'allow-methods', 'allow-headers', 'expose-headers'].map(
        (name) => headers[`access-control-${name}`],
      );
    const startFor = (origins: string): Promise<NodeApp> =>
      start(testContext({ config: testConfig({ CORS_ORIGINS: origins }) }));

    it('has no header unless it is configured', async () => {
      await start();
      for (const answer of [
        await send('GET', '/things/1', undefined, PAGE),
        await send('OPTIONS', '/things/1', undefined, ASKS),
      ])
        expect(corsOf(answer)).toEqual([undefined, undefined, undefined, undefined]);
    });

    it('answers what the browser asks beforehand, without a key', async () => {
      await startFor('https://app.example,https://other.example');
      const answer = await send('OPTIONS', '/things/parsed', undefined, { ...ASKS, 'x-token': '' });
      expect(answer.statusCode).toBe(204);
      expect(corsOf(answer)).toEqual([
        ...['https://app.example', 'GET, HEAD, POST, DELETE'],
        'x-token, authorization, idempotency-key, last-event-id, content-type, x-request-id',
        'location, etag, allow, retry-after, x-request-id, x-replog-node, x-replog-master',
      ]);
      const foreign = await send('OPTIONS', '/things/parsed', undefined, { ...ASKS, origin: 'https://evil.example' });
      expect(foreign.headers['access-control-allow-origin']).toBeUndefined();
      const plain = await send('OPTIONS', '/things/parsed', undefined, PAGE);
      expect([plain.statusCode, plain.headers['allow']]).toEqual([204, 'GET, HEAD, OPTIONS, POST']);
    });

    it('lets it read answers and refusals, each for its own origin', async () => {
      await startFor('https://app.example');
      for (const headers of [PAGE, { ...PAGE, 'x-token': 'wrong' }]) {
        const answer = await send('GET', '/things/1', undefined, headers);
        expect([answer.headers['access-control-allow-origin'], answer.headers['vary']]).toEqual([
          PAGE.origin,
          'Origin',
        ]);
      }
      expect((await send('GET', '/things/1')).headers).not.toHaveProperty('access-control-allow-origin');
    });

    it('may be that of anybody', async () => {
      await startFor('*');
      expect((await send('GET', '/things/1', undefined, PAGE)).headers['access-control-allow-origin']).toBe('*');
    });
  });

  it('creates a request id if there is no valid one, and names the node', async () => {
    await start();
    for (const id of [undefined, 'a b', 'x'.repeat(129)]) {
      const answer = await send('GET', '/things/1', undefined, id === undefined ? {} : { 'x-request-id': id });
      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(answer.headers['x-replog-node']).toBe('m1');
    }
  });

  it('shows its documentation without a key, including the API key scheme and the errors of each route', async () => {
    await start();
    expect((await node.app.inject('/docs')).statusCode).toBe(200);
    const document = (await node.app.inject('/docs-json')).json();
    expect(Object.keys(document.components.securitySchemes)).toEqual(['x-token', 'bearer']);
    const list = document.paths['/things'].get;
    expect(list.security).toEqual(expect.arrayContaining([{ 'x-token': [] }, { bearer: [] }]));
    expect(list['x-open-to']).toBe('client');
    expect(list.responses['401'].content['application/problem+json'].schema.$ref).toBe('#/components/schemas/Problem');
    expect(document.components.schemas.Problem).toBeDefined();
  });

  it('protects its pages, and forgets the key with the page; API answers have none of these headers', async () => {
    await start();
    for (const path of ['/docs', '/docs/swagger-ui-bundle.js', '/docs/swagger-ui-init.js', '/docs/no-such-file']) {
      const { headers } = await node.app.inject(path);
      expect(headers).toMatchObject({
        'content-security-policy': expect.stringContaining("default-src 'self'"),
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
      });
      // It would make the page ask for its scripts over TLS, which the node does not speak.
      expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
      expect(headers['strict-transport-security']).toBeUndefined();
    }
    const page = (await node.app.inject('/docs')).body;
    expect(page).not.toMatch(/<script(?![^>]* src=)|\son\w+=/);
    const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses.filter((address) => /^(https?:)?\/\//.test(address ?? ''))).toEqual([]);
    const script = (await node.app.inject('/docs/swagger-ui-init.js')).body;
    expect(script).toContain('"persistAuthorization": false');
    expect(script).toContain('"validatorUrl": null');
    for (const path of ['/docs-json', '/things/1', '/nowhere']) {
      const { headers } = await node.app.inject(path);
      expect([headers['content-security-policy'], headers['x-content-type-options']]).toEqual([undefined, undefined]);
    }
  });

  it('gives the checked configuration by its type', async () => {
    await start();
    expect(node.app.get(NodeConfig).maxMessageBytes).toBe(1024 ** 2);
  });

  it('cuts the connection of an answer that fails half-way, so that it does not look complete', async () => {
    await start();
    const server = createNodeServer(testConfig()).on('request', (request, response) => node.handle(request, response));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/things/half`, { headers: KEY });
    await expect(answer.text()).rejects.toThrow();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('shows its metrics to clients', async () => {
    await start();
    await send('GET', '/things/1');
    const answer = await send('GET', '/metrics');
    expect(answer.headers['content-type']).toContain('text/plain');
    expect(answer.body).toContain('replog_http_requests_total{method="GET",route="/things/:id",status="200"} 1');
    expect(answer.body).toContain('replog_epoch 1');
  });
});
