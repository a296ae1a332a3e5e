import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createNodeApp } from '../host/node-app.js';
import type { NodeApp } from '../host/node-app.js';
import { moduleOf } from '../testing/module-of.js';
import type { NodeContext } from '@replog/cluster/node/node-context.js';
import { createLogger } from '@replog/runtime/logging/logger.js';
import { testContext } from '@replog/cluster/testing/fake-node.js';
import { ADMIN_KEY, CLIENT_KEY, testConfig } from '@replog/runtime/testing/test-config.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { ServiceTokens } from '@replog/runtime/tokens/service-tokens.js';

@OpenTo('client')
@Controller('routes')
class RoutesController {
  @Get('client')
  client(): string {
    return 'client';
  }

  @OpenTo('admin')
  @Get('admin')
  admin(): string {
    return 'admin';
  }

  @OpenTo('service')
  @Get('service')
  service(@Req() request: FastifyRequest): string {
    return request.serviceNode ?? 'nobody';
  }

  @OpenTo('public')
  @Get('public')
  open(): string {
    return 'public';
  }
}

@Controller('forgotten')
class ForgottenController {
  @Get()
  forgotten(): string {
    return 'forgotten';
  }
}

const lines: string[] = [];

async function startNode(env: NodeJS.ProcessEnv = {}): Promise<{ node: NodeApp; context: NodeContext }> {
  const config = testConfig({ LOG_LEVEL: 'error', ...env });
  const logger = createLogger(config, { write: (line) => void lines.push(line) });
  const context = testContext({ config, logger });
  const routes = { controllers: [RoutesController, ForgottenController] };
  return { node: await createNodeApp(moduleOf(context, routes), context), context };
}

describe('who may call what', () => {
  let node: NodeApp;
  let credentials: Record<string, string | undefined>;

  beforeAll(async () => {
    const started = await startNode();
    node = started.node;
    const foreign = new ServiceTokens(testConfig({ CLUSTER_SECRET: 'another secret, as long' }), started.context.clock);
    credentials = {
      none: undefined,
      wrong: 'wrong-key',
      client: CLIENT_KEY,
      admin: ADMIN_KEY,
      token: await started.context.tokens.issue(),
      'foreign token': await foreign.issue(),
    };
  });

  afterAll(() => node.app.close());

  it.each([
    ['client', { none: 401, wrong: 401, client: 200, admin: 200, token: 403, 'foreign token': 401 }],
    ['admin', { none: 401, wrong: 401, client: 403, admin: 200, token: 403, 'foreign token': 401 }],
    ['service', { none: 401, wrong: 401, client: 403, admin: 403, token: 200, 'foreign token': 401 }],
    ['public', { none: 200, wrong: 200, client: 200, admin: 200, token: 200, 'foreign token': 200 }],
  ])('a %s route', async (scope, expected) => {
    for (const [name, status] of Object.entries(expected)) {
      const credential = credentials[name];
      const ways = [{ 'x-token': credential }, { authorization: `Bearer ${credential}` }].map(spoken);
      for (const headers of credential === undefined ? [{}] : ways) {
        const answer = await node.app.inject({ url: `/routes/${scope}`, headers });
        expect([name, answer.statusCode]).toEqual([name, status]);
        if (status === 401) expect(answer.headers['www-authenticate']).toBe('Bearer');
        if (status !== 200) expect(answer.json().code).toBe(status === 401 ? 'UNAUTHENTICATED' : 'FORBIDDEN');
      }
    }
  });

  it('reaches a service route from the token', async () => {
    const headers = spoken({ authorization: `Bearer ${credentials['token']}` });
    expect((await node.app.inject({ url: '/routes/service', headers })).body).toBe('m1');
  });

  it('may not call a route without @OpenTo, and the log says so', async () => {
    for (const credential of Object.values(credentials)) {
      const headers = credential === undefined ? {} : { 'x-token': credential };
      expect((await node.app.inject({ url: '/forgotten', headers })).statusCode).toBe(403);
    }
    expect(lines.join('')).toContain('ForgottenController.forgotten has no @OpenTo');
  });
});

/** Headers as a node sends them: with its protocol version. */
function spoken(headers: Record<string, string | undefined>): Record<string, string | undefined> {
  return { ...headers, 'x-replog-protocol': '1' };
}

describe('without ADMIN_API_KEY', () => {
  it('the client key opens admin routes', async () => {
    const { node } = await startNode({ ADMIN_API_KEY: '' });
    const answer = await node.app.inject({ url: '/routes/admin', headers: { 'x-token': CLIENT_KEY } });
    expect(answer.statusCode).toBe(200);
    await node.app.close();
  });
});
