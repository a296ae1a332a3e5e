/** Who may ask what: keys, tokens, and the one place where they do not matter. */
import { once } from 'node:events';
import { SignJWT } from 'jose';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '@replog/contracts/errors.js';
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
const ADMIN_ROUTES = [
  'DELETE /secondaries/nobody',
  'POST /cluster/promote',
  'GET /orphans',
  'GET /orphans/none',
  'POST /orphans/none/reappend',
];
const SERVICE_ROUTES = [
  'POST /register',
  'GET /replication/status',
  'POST /replication/ping',
  'POST /replication/vote',
  'POST /replication/transfer',
  'GET /replication/position?index=0',
  'GET /replication/records?from=1',
];

const CLUSTER = 'a-cluster';
/** Routes on which a node speaks for itself, each with a body that names another one. */
const FOR_ONESELF: readonly [string, object][] = [
  ['POST /register', { clusterId: CLUSTER, nodeId: 'another', incarnation: 'i', port: 1, epoch: 1, lastIndex: 0 }],
  [
    'POST /replication/ping',
    { clusterId: CLUSTER, epoch: 1, master: { nodeId: 'another', url: 'http://127.0.0.1:1' }, incarnation: 'i' },
  ],
  ['POST /replication/vote', { clusterId: CLUSTER, epoch: 1, candidate: 'another' }],
  ['POST /replication/transfer', { clusterId: CLUSTER, candidate: 'another' }],
];

/** A token as a node would make it, and those that only look like one. */
async function tokens(): Promise<{ good: string; bad: Map<string, string> }> {
  const key = master.opened.context.config.clusterKey;
  const nowS = Math.floor(master.opened.context.clock.wallMs() / 1000);
  const sign = (claims: { iat?: number; exp?: number }, audience: string, signed: Uint8Array): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setIssuer('s').setAudience(audience).sign(signed);
  const claims = { iat: nowS, exp: nowS + 60 };
  const good = await sign(claims, 'replog:service', key);
  const otherSecret = key.map((byte) => byte ^ 1);
  const bad = new Map([
    ['over', await sign({ iat: nowS - 200, exp: nowS - 140 }, 'replog:service', key)],
    ['too long-lived', await sign({ iat: nowS - 200, exp: nowS + 3600 }, 'replog:service', key)],
    ['without end', await sign({ iat: nowS }, 'replog:service', key)],
    ['for another audience', await sign(claims, 'another', key)],
    ['of another secret', await sign(claims, 'replog:service', otherSecret)],
    ['without signature', `${good.split('.').slice(0, 2).join('.')}.`],
  ]);
  return { good, bad };
}

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

const bearer = (token: string): Record<string, string> => ({
  authorization: `Bearer ${token}`,
  'x-replog-protocol': '1',
});
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

  it('takes a token of the cluster', async () => {
    const status = 'GET /replication/status';
    expect((await ask(node(), status, bearer(await master.token()))).status).toBe(200);
    expect((await ask(node(), status, bearer((await tokens()).good))).status).toBe(200);
  });

  it.each(SERVICE_ROUTES)('%s takes no token that is over, forged or without its claims', async (route) => {
    const { bad } = await tokens();
    for (const [what, token] of bad)
      expect([what, await ask(node(), route, bearer(token))]).toEqual([what, UNAUTHENTICATED]);
  });

  it.each(FOR_ONESELF)('%s takes no token of another node than the one it names', async (route, body) => {
    const [method = '', path = ''] = route.split(' ');
    const headers = { 'x-token': '', 'content-type': 'application/json', ...bearer(await secondary.token()) };
    const refused = await node().client.request<Problem>(method, path, { headers, body: JSON.stringify(body) });
    expect([refused.status, refused.body.code]).toEqual([403, 'FORBIDDEN']);
    expect(refused.body.detail).toBe('The token was made by secondary-1 and is not valid for another.');
  });

  it.each(['/healthcheck', '/healthcheck/ready', '/docs', '/docs-json'])(
    'GET %s is open to everybody',
    async (path) => {
      expect((await ask(node(), `GET ${path}`, {})).status).toBe(200);
    },
  );
});

it('opens the WebSocket of the link to the token of a node and to nothing else', async () => {
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
  for (const [what, token] of (await tokens()).bad) expect([what, await refusal(bearer(token))]).toEqual([what, 401]);
  for (const key of [API_KEY, ADMIN_API_KEY]) expect(await refusal({ 'x-token': key })).toBe(403);
});

it('lets the client key do what an admin does where no other key is set', async () => {
  const open = await NodeInProcess.master({ ADMIN_API_KEY: '' });
  expect(await ask(open, 'DELETE /secondaries/nobody', { 'x-token': API_KEY })).toEqual({
    status: 404,
    code: 'NOT_FOUND',
  });
  await open.end();
});
