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
import { createRoleAdapter } from '@replog/http/server/fastify-adapter.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import { testConfig } from '@replog/runtime/testing/test-config.js';
import { MasterRoot, SecondaryRoot } from '@replog/node/host/role-roots.js';

interface Media {
  readonly schema?: object;
}

interface Operation {
  readonly summary?: string;
  readonly 'x-open-to'?: string;
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
const PUBLIC = ['GET /healthcheck', 'GET /healthcheck/ready'];
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

describe.each(['master', 'secondary'] as const)('the document of a %s', (role) => {
  const root = mkdtempSync(join(tmpdir(), 'replog-'));
  const routes: string[] = [];
  let opened: OpenedNode;
  let app: NestFastifyApplication;
  let document: Document;

  beforeAll(async () => {
    const dataDir = join(root, role);
    opened = await openNode(testConfig({ SERVER_TYPE: role, DATA_DIR: dataDir, SEGMENT_BYTES: '2MiB' }));
    const { equipment, node, store, transport, votes } = opened;
    const damage = { report: () => undefined };
    const unasked = (): Promise<never> => Promise.reject(new Error('not asked for here'));
    const requests = { promote: unasked, transfer: unasked };
    const parts: NodeParts = { ...equipment, view: node, log: store, node, transport, votes, damage, requests };
    const { adapter } = createRoleAdapter(parts);
    adapter.getInstance<FastifyInstance>().addHook('onRoute', ({ url, method }) => {
      for (const name of [method].flat()) routes.push(`${name} ${url.replace(/:(\w+)/g, '{$1}')}`);
    });
    const module = role === 'master' ? MasterRoot.forNode(parts) : SecondaryRoot.forNode(parts);
    const testing = await Test.createTestingModule({ imports: [module] }).compile();
    app = testing.createNestApplication<NestFastifyApplication>(adapter, { bodyParser: false, logger: false });
    setupSwagger(app, 'Replog');
    await app.init();
    document = (await app.inject({ url: '/docs-json' })).json();
  });
  afterAll(async () => {
    await app.close();
    await opened.store.close();
    opened.transport.close();
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
      const onlyRedirects = role === 'secondary' && responses['307'] !== undefined && route !== 'GET /messages';
      expect.soft(good.length > 0 || onlyRedirects, `${route}: an answer`).toBe(true);
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
    const needed = role === 'master' ? ['KEY_REUSED', 'NO_QUORUM', 'FOREIGN_CLUSTER', 'STORAGE_FULL'] : ['NOT_MASTER'];
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

  it('shows an append in all its formats on a master, and as a redirect on a secondary', () => {
    for (const path of ['/messages', '/messages/{wc}']) {
      const append = document.paths[path]?.['post'];
      const isMaster = role === 'master';
      const media = (content: object | undefined): string[] => Object.keys(content ?? {});
      expect(media(append?.requestBody?.content)).toEqual(isMaster ? ['application/json', 'application/x-ndjson'] : []);
      expect(media(append?.responses['200']?.content)).toEqual(
        isMaster ? ['application/json', 'text/event-stream'] : [],
      );
      expect(append?.responses).toHaveProperty(`${isMaster ? 202 : 307}.headers.Location`);
    }
  });
});
