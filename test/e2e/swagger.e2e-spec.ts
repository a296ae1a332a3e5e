/** The document at /docs-json leaves nothing out: it is held against the routes that the application really has. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERROR_KINDS } from '@replog/contracts/error-kinds.js';
import { openNode } from '@replog/node/host/open-node.js';
import type { OpenedNode } from '@replog/node/host/open-node.js';
import { setupSwagger } from '@replog/http/openapi/setup-swagger.js';
import { createNodeAdapter } from '@replog/http/server/fastify-adapter.js';
import { testConfig } from '@replog/runtime/testing/test-config.js';
import { NodeModule } from '@replog/node/node.module.js';

interface Media {
  readonly schema?: object;
}

interface Operation {
  readonly summary?: string;
  readonly 'x-open-to'?: string;
  readonly 'x-master-only'?: boolean;
  readonly security?: readonly Record<string, unknown>[];
  readonly parameters?: readonly { name: string; in: string; required?: boolean }[];
  readonly requestBody?: { readonly content: Record<string, Media> };
  readonly responses: Record<string, { readonly description: string; readonly content?: Record<string, Media> }>;
}

interface Document {
  readonly info: { readonly description: string };
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, unknown>; readonly securitySchemes: Record<string, unknown> };
}

/** The routes of the design, by who has or opens them; the application may have more. */
const SHARED = ['GET /messages', 'GET /messages/{seq}', 'GET /cluster', 'GET /metrics'];
const PUBLIC = ['GET /healthcheck', 'GET /healthcheck/ready', 'GET /healthcheck/master'];
const SERVICE = [
  'POST /register',
  'GET /replication/status',
  'POST /replication/ping',
  'POST /replication/vote',
  'GET /replication/position',
  'GET /replication/records',
];
const MASTER_ONLY = [
  'POST /messages',
  'POST /messages/{wc}',
  'GET /messages/{seq}/receipt',
  'GET /receipts/{key}',
  'GET /write-concern/{wc}',
  'GET /secondaries',
  'DELETE /secondaries/{nodeId}',
];
/** The ways to show the key that opens a scope. */
const SCHEMES: Readonly<Record<string, readonly string[]>> = {
  public: [],
  service: ['bearer'],
  client: ['bearer', 'x-token'],
  admin: ['bearer', 'x-token'],
};
const ALL = [...SHARED, ...PUBLIC, ...SERVICE, ...MASTER_ONLY];

describe('the document of a node', () => {
  const root = mkdtempSync(join(tmpdir(), 'replog-'));
  const routes: string[] = [];
  let opened: OpenedNode;
  let app: NestFastifyApplication;
  let document: Document;

  beforeAll(async () => {
    opened = await openNode(testConfig({ DATA_DIR: join(root, 'node'), SEGMENT_BYTES: '2MiB' }));
    const { adapter } = createNodeAdapter(opened.context);
    adapter.getInstance<FastifyInstance>().addHook('onRoute', ({ url, method }) => {
      for (const name of [method].flat()) routes.push(`${name} ${url.replace(/:(\w+)/g, '{$1}')}`);
    });
    const module = NodeModule.of(opened, () => undefined);
    const testing = await Test.createTestingModule({ imports: [module] }).compile();
    app = testing.createNestApplication<NestFastifyApplication>(adapter, { bodyParser: false, logger: false });
    setupSwagger(app);
    await app.init();
    document = (await app.inject({ url: '/docs-json' })).json();
  });
  afterAll(async () => {
    await app.close();
    await opened.node.store.close();
    opened.directory.release();
    rmSync(root, { recursive: true });
  });

  const operations = (): (readonly [string, Operation])[] =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, one]) => [`${method.toUpperCase()} ${path}`, one] as const),
    );

  it('has every route of the application, and no other', () => {
    const real = routes.filter((route) => !/^(HEAD|OPTIONS) | \/docs/.test(route));
    expect(
      operations()
        .map(([route]) => route)
        .sort(),
    ).toEqual([...new Set(real)].sort());
    expect(real).toEqual(expect.arrayContaining(ALL));
    expect(document.info.description).toContain('WebSocket `/replication`');
  });

  it('says of each what it does, what it answers, and in which shape', () => {
    for (const [route, { summary, responses }] of operations()) {
      expect.soft(summary, `${route}: a summary`).toBeTruthy();
      const good = Object.entries(responses).filter(([status]) => status.startsWith('2'));
      expect.soft(good.length > 0, `${route}: an answer`).toBe(true);
      for (const [status, { content, description }] of Object.entries(responses)) {
        if (!status.startsWith('2')) expect.soft(description, `${route} ${status}: a description`).toBeTruthy();
        const schemas = Object.values(content ?? {}).map(({ schema }) => schema);
        if (status === '204') continue;
        expect.soft(schemas.length > 0 && !schemas.includes(undefined), `${route} ${status}: a schema`).toBe(true);
      }
    }
  });

  it('names every error by its code, under its status', () => {
    const named = new Set<string>();
    for (const [route, { responses }] of operations()) {
      for (const [status, { description }] of Object.entries(responses)) {
        for (const [, code = ''] of description.matchAll(/`([A-Z_]+)`: /g)) {
          named.add(code);
          expect.soft(String(ERROR_KINDS[code as keyof typeof ERROR_KINDS].status), `${route} ${code}`).toBe(status);
        }
      }
    }
    const needed = ['KEY_REUSED', 'NO_QUORUM', 'FOREIGN_CLUSTER', 'STORAGE_FULL', 'NOT_MASTER'];
    expect([...named]).toEqual(
      expect.arrayContaining(['UNAUTHENTICATED', 'FORBIDDEN', 'INVALID_PARAMETER', ...needed]),
    );
  });

  it('says which key opens each', () => {
    expect(Object.keys(document.components.securitySchemes).sort()).toEqual(['bearer', 'x-token']);
    for (const [route, { security, responses, ...operation }] of operations()) {
      const scope = operation['x-open-to'] ?? 'nobody';
      const schemes = (security ?? []).flatMap((one) => Object.keys(one)).sort();
      expect.soft([route, schemes]).toEqual([route, SCHEMES[scope]]);
      if (scope === 'public') continue;
      expect.soft(Object.keys(responses), route).toEqual(expect.arrayContaining(['401', '403']));
    }
    const scopes = Object.fromEntries(operations().map(([route, operation]) => [route, operation['x-open-to']]));
    for (const route of SERVICE) expect.soft(scopes[route], route).toBe('service');
    for (const route of PUBLIC) expect.soft(scopes[route], route).toBe('public');
    expect(scopes['DELETE /secondaries/{nodeId}']).toBe('admin');
    expect(scopes['POST /messages/{wc}']).toBe('client');
  });

  it('says of what only a master answers that there may be none', () => {
    const sentOn = operations().filter(([, operation]) => operation['x-master-only'] === true);
    expect(sentOn.map(([route]) => route)).toEqual(expect.arrayContaining(MASTER_ONLY));
    for (const [route, { responses }] of sentOn)
      expect.soft(responses['503']?.description, route).toContain('NO_MASTER');
  });

  it('declares the parameters of every path, and refers to nothing that is not there', () => {
    for (const [route, { parameters = [] }] of operations()) {
      const inPath = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = parameters.filter((one) => one.in === 'path');
      expect.soft([route, declared.map(({ name }) => name)]).toEqual([route, inPath]);
      expect
        .soft(
          declared.every(({ required }) => required),
          `${route}: required`,
        )
        .toBe(true);
    }
    const referred = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name);
    expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining([...new Set(referred)]));
  });

  it('shows an append in all its formats, and where to look for an outcome that is open', () => {
    for (const path of ['/messages', '/messages/{wc}']) {
      const append = document.paths[path]?.['post'];
      const media = (content: object | undefined): string[] => Object.keys(content ?? {});
      expect(media(append?.requestBody?.content)).toEqual(['application/json', 'application/x-ndjson']);
      expect(media(append?.responses['200']?.content)).toEqual(['application/json', 'text/event-stream']);
      for (const status of [202, 504]) expect(append?.responses).toHaveProperty(`${status}.headers.Location`);
    }
  });
});
