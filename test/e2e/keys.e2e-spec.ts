/** Who may ask what: keys, tokens, and the one place where they do not matter. */
import { once } from 'node:events';
import { SignJWT } from 'jose';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '@replog/contracts';
import { ADMIN_API_KEY, API_KEY } from '../support/cluster.js';
import { NodeInProcess } from '../support/node-in-process.js';

let master: NodeInProcess;
let secondary: NodeInProcess;
beforeAll(async () => {
  ({ master, secondary } = await NodeInProcess.pair());
});
afterAll(async () => {
  await secondary.end();
  await master.end();
});

const CLIENT_ROUTES = ['GET /messages', 'POST /messages/0', 'GET /cluster', 'GET /metrics', 'GET /secondaries'];
const ADMIN_ROUTES = ['DELETE /secondaries/nobody'];
const SERVICE_ROUTES = [
  'POST /register',
  'GET /replication/status',
  'POST /replication/ping',
  'POST /replication/promise',
];

interface Refusal {
  readonly status: number;
  readonly code: string | undefined;
}

async function ask(node: NodeInProcess, route: string, headers: Record<string, string>): Promise<Refusal> {
  const [method = '', path = ''] = route.split(' ');
  const answer = await node.client.request<Problem | undefined>(method, path, {
    headers: { 'x-token': '', ...headers },
  });
  return { status: answer.status, code: answer.body?.code };
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const UNAUTHENTICATED = { status: 401, code: 'UNAUTHENTICATED' };
const FORBIDDEN = { status: 403, code: 'FORBIDDEN' };

describe.each(['master', 'secondary'] as const)('on the %s', (role) => {
  const node = (): NodeInProcess => (role === 'master' ? master : secondary);

  it.each([...CLIENT_ROUTES, ...ADMIN_ROUTES, ...SERVICE_ROUTES])(
    '%s is closed without a key and to a wrong one',
    async (route) => {
      expect(await ask(node(), route, {})).toEqual(UNAUTHENTICATED);
      expect(await ask(node(), route, { 'x-token': 'a-client-kez' })).toEqual(UNAUTHENTICATED);
      expect(await ask(node(), route, bearer('e30.e30.e30'))).toEqual(UNAUTHENTICATED);
    },
  );

  it.each([...ADMIN_ROUTES, ...SERVICE_ROUTES])("%s is not open to a client's key", async (route) => {
    expect(await ask(node(), route, { 'x-token': API_KEY })).toEqual(FORBIDDEN);
    expect(await ask(node(), route, bearer(API_KEY))).toEqual(FORBIDDEN);
  });

  it.each(SERVICE_ROUTES)("%s is not open to the admin's key", async (route) => {
    expect(await ask(node(), route, { 'x-token': ADMIN_API_KEY })).toEqual(FORBIDDEN);
  });

  it.each([...CLIENT_ROUTES, ...ADMIN_ROUTES])('%s is not open to the token of a node', async (route) => {
    expect(await ask(node(), route, bearer(await secondary.token()))).toEqual(FORBIDDEN);
  });

  it('takes a token of the cluster, and none that is over, forged or without its claims', async () => {
    const status = 'GET /replication/status';
    expect((await ask(node(), status, bearer(await master.token()))).status).toBe(200);
    const key = master.opened.equipment.config.clusterKey;
    const nowS = Math.floor(master.opened.equipment.clock.wallMs() / 1000);
    const sign = (claims: { iat?: number; exp?: number }, audience: string, signed: Uint8Array): Promise<string> =>
      new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setIssuer('s').setAudience(audience).sign(signed);
    const good = { iat: nowS, exp: nowS + 60 };
    expect((await ask(node(), status, bearer(await sign(good, 'replog:service', key)))).status).toBe(200);
    const bad = [
      await sign({ iat: nowS - 200, exp: nowS - 140 }, 'replog:service', key),
      await sign({ iat: nowS - 200, exp: nowS + 3600 }, 'replog:service', key),
      await sign({ iat: nowS }, 'replog:service', key),
      await sign(good, 'another', key),
      await sign(
        good,
        'replog:service',
        key.map((byte) => byte ^ 1),
      ),
      `${(await sign(good, 'replog:service', key)).split('.').slice(0, 2).join('.')}.`,
    ];
    for (const token of bad) expect(await ask(node(), status, bearer(token))).toEqual(UNAUTHENTICATED);
  });

  it.each(['/healthcheck', '/healthcheck/ready', '/docs', '/docs-json'])(
    'GET %s is open to everybody',
    async (path) => {
      expect((await ask(node(), `GET ${path}`, {})).status).toBe(200);
    },
  );
});

it('refuses the WebSocket of the link without a token of a node', async () => {
  const refusal = async (headers: Record<string, string>): Promise<number | undefined> => {
    const socket = new WebSocket(secondary.client.url.replace('http', 'ws') + '/replication', { headers });
    socket.on('error', () => undefined);
    const [request, response] = (await once(socket, 'unexpected-response')) as [
      { destroy(): void },
      { statusCode?: number },
    ];
    request.destroy();
    return response.statusCode;
  };
  expect(await refusal({})).toBe(401);
  expect(await refusal({ 'x-token': API_KEY })).toBe(401);
  expect(await refusal(bearer('e30.e30.e30'))).toBe(401);
});

it('lets the client key do what an admin does where no other key is set', async () => {
  const open = await NodeInProcess.master({ ADMIN_API_KEY: '' });
  expect(await ask(open, 'DELETE /secondaries/nobody', { 'x-token': API_KEY })).toEqual({
    status: 404,
    code: 'NOT_FOUND',
  });
  await open.end();
});
