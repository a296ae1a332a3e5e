/** Whom a master lets in, and what it says to the others. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '@replog/contracts/errors.js';
import type { RegisterAnswer, RegisterRequest } from '@replog/contracts/http.js';
import { ServiceTokens } from '@replog/runtime/tokens/service-tokens.js';
import { eventually } from '../support/eventually.js';
import { NodeInProcess } from '../support/node-in-process.js';
import { freePort } from '../support/ports.js';

let master: NodeInProcess;
let secondary: NodeInProcess;
/** A living node of no cluster yet, which nobody has told of the master. */
let stranger: NodeInProcess;

beforeAll(async () => {
  ({ master, secondary } = await NodeInProcess.pair({ MAX_SECONDARIES: '1', SECONDARIES: '1' }));
  stranger = await NodeInProcess.start('secondary-1', { SERVER_TYPE: 'secondary', MASTER_PORT: '1' });
});
afterAll(async () => {
  await stranger.end();
  await secondary.end();
  await master.end();
});

function requestOf({ opened: { node } }: NodeInProcess): RegisterRequest {
  const { clusterId, nodeId, incarnation, port, epoch } = node;
  return { clusterId, nodeId, incarnation, port, epoch, lastIndex: 0, url: `http://127.0.0.1:${port}` };
}

async function register(
  request: RegisterRequest,
  tokenOf = request.nodeId,
): Promise<{ status: number; body: RegisterAnswer & Problem }> {
  const { clock, config } = master.opened.context;
  const token = await new ServiceTokens({ nodeId: tokenOf, clusterKey: config.clusterKey }, clock).issue();
  return master.client.request('POST', '/register', {
    headers: {
      'content-type': 'application/json',
      'x-token': '',
      'x-replog-protocol': '1',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify(request),
  });
}

describe('a registration', () => {
  it('of a node that is known is welcome again', async () => {
    const { status, body } = await register(requestOf(secondary));
    expect([status, body.state]).toEqual([200, 'MEMBER']);
  });

  it('from another cluster is refused, and said in the log', async () => {
    const { status, body } = await register({ ...requestOf(secondary), clusterId: 'another' });
    expect([status, body.code]).toEqual([409, 'FOREIGN_CLUSTER']);
    expect(body.detail).toMatch(/another.*empty data directory/);
    const said = master.lines.filter((line) => line.includes('"level":"warn"') && line.includes('another'));
    expect(said.join('')).toContain('secondary-1 was refused at POST /register (FOREIGN_CLUSTER)');
  });

  it('of an address at which nothing answers is refused', async () => {
    const port = await freePort();
    const { status, body } = await register({ ...requestOf(secondary), url: `http://127.0.0.1:${port}` });
    expect([status, body.code]).toEqual([422, 'ADDRESS_UNREACHABLE']);
    expect(body.detail).toMatch(new RegExp(`127.0.0.1:${port}.*nothing answers.*ADVERTISED_URL`));
  });

  it('of an address at which another node answers is refused', async () => {
    const { status, body } = await register({ ...requestOf(secondary), url: master.client.url });
    expect([status, body.code]).toEqual([422, 'ADDRESS_UNREACHABLE']);
    expect(body.detail).toContain('master (');
  });

  it('with the token of another node is refused', async () => {
    const { status, body } = await register(requestOf(secondary), 'secondary-9');
    expect([status, body.code]).toEqual([403, 'FORBIDDEN']);
    expect(body.detail).toMatch(/made by secondary-9.*secondary-1/);
  });

  it('under the name of a living node is refused', async () => {
    const { status, body } = await register(requestOf(stranger));
    expect([status, body.code]).toEqual([409, 'NODE_ID_TAKEN']);
    expect(body.detail).toMatch(/living node at .*another NODE_ID/);
  });

  it('under the name of the master is refused', async () => {
    const impostor = await NodeInProcess.start('master', { SERVER_TYPE: 'secondary', MASTER_PORT: '1' });
    const { status, body } = await register(requestOf(impostor));
    await impostor.end();
    expect([status, body.code]).toEqual([409, 'NODE_ID_TAKEN']);
    expect((await master.client.cluster()).members.map(({ url }) => url)).toContain(master.client.url);
  });

  it('beyond MAX_SECONDARIES is refused', async () => {
    const second = await NodeInProcess.secondaryOf(master, 'secondary-2');
    await eventually('the node says why it is not let in', () =>
      second.lines.some((line) => line.includes('MAX_SECONDARIES')),
    );
    const { status, body } = await register(requestOf(second));
    await second.end();
    expect([status, body.code]).toEqual([409, 'TOO_MANY_SECONDARIES']);
  });

  it.each([
    ['nodeId', { nodeId: '' }],
    ['url', { url: 'ftp://x' }],
    ['url', { url: 'http://a:1/path' }],
    ['url', { url: 'http://a:1/?query' }],
    ['url', { url: 'http://a:1?' }],
    ['url', { url: 'http://a:1/#fragment' }],
    ['url', { url: 'http://user:secret@a:1' }],
    ['url', { url: 'http://:secret@a:1' }],
    ['url', { url: `http://${'a'.repeat(512)}` }],
    ['url', { url: null as unknown as string }],
    ['port', { port: 0 }],
    ['epoch', { epoch: -1 }],
    ['lastIndex', { lastIndex: 1.5 }],
    ['lastIndex', { lastIndex: 2 ** 53 }],
  ])('with a bad %s is refused by name', async (field, change) => {
    const { status, body } = await register({ ...requestOf(secondary), ...change }, 'secondary-1');
    expect([status, body.code, body['field']]).toEqual([400, 'INVALID_BODY', field]);
  });

  it('that was refused has changed nothing', async () => {
    const members = (await master.client.cluster()).members.map(({ nodeId, state }) => [nodeId, state]);
    expect(members).toEqual([
      ['master', 'MASTER'],
      ['secondary-1', 'HEALTHY'],
    ]);
  });
});
