/** Where nodes talk to each other: another cluster, or an epoch that is over, is refused everywhere and said in the log. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeFrame } from '@replog/contracts/decode-frame.js';
import { FrameType, encodeFrame } from '@replog/contracts/frames.js';
import { HEADERS } from '@replog/contracts/http.js';
import { LOG_START } from '@replog/contracts/record.js';
import type { Problem } from '@replog/contracts/errors.js';
import type { Frame, RejectFrame } from '@replog/contracts/frames.js';
import type { NodeStatus } from '@replog/contracts/http.js';
import { ServiceTokens } from '@replog/runtime/tokens/service-tokens.js';
import { eventually } from '../support/eventually.js';
import { NodeInProcess } from '../support/node-in-process.js';

const FOREIGN = '00000000-0000-4000-8000-00000000f0e1';
const CALLER = 'a-caller';
/** The vote of the node that has no master. */
const VOTED = { epoch: 5, to: 'a-candidate' };

let master: NodeInProcess;
/** Of the master's cluster, but nobody has told it of the master: nothing changes its epoch but this test. */
let secondary: NodeInProcess;
let cluster: string;

beforeAll(async () => {
  master = await NodeInProcess.master();
  secondary = await NodeInProcess.start('secondary-1', { SERVER_TYPE: 'secondary', MASTER_PORT: '1' });
  cluster = master.opened.node.clusterId as string;
  await secondary.opened.node.joined(cluster);
});
afterAll(async () => {
  await secondary.end();
  await master.end();
});

const nodeOf = (role: string): NodeInProcess => (role === 'master' ? master : secondary);

interface Call {
  readonly from?: string;
  /** The protocol version it speaks; `null`: it names none. */
  readonly protocol?: string | null;
  readonly cluster?: string;
  readonly body?: object;
}

async function headersOf({ from = CALLER, cluster: of, protocol = '1' }: Call): Promise<Record<string, string>> {
  const { clock, config } = master.opened.context;
  const token = await new ServiceTokens({ nodeId: from, clusterKey: config.clusterKey }, clock).issue();
  return {
    authorization: `Bearer ${token}`,
    ...(protocol === null ? {} : { [HEADERS.protocol]: protocol }),
    ...(of === undefined ? {} : { [HEADERS.cluster]: of }),
  };
}

async function call(node: NodeInProcess, route: string, how: Call): Promise<{ status: number; body: Problem }> {
  const [method = '', path = ''] = route.split(' ');
  const json = how.body === undefined ? {} : { 'content-type': 'application/json' };
  return node.client.request<Problem>(method, path, {
    headers: { 'x-token': '', ...json, ...(await headersOf(how)) },
    ...(how.body === undefined ? {} : { body: JSON.stringify(how.body) }),
  });
}

function isSaid(node: NodeInProcess, words: string): void {
  const warnings = node.lines.filter((line) => line.includes('"level":"warn"') && line.includes('was refused at'));
  expect(warnings.join('')).toContain(words);
}

const MASTER_OF = { nodeId: CALLER, url: 'http://127.0.0.1:1' };
/** Every route between nodes, each with a body that names `clusterId` where it has one. */
const ROUTES: readonly [string, ((clusterId: string) => object) | null][] = [
  ['GET /replication/status', null],
  ['GET /replication/position?index=0', null],
  ['GET /replication/records?from=1', null],
  ['POST /replication/ping', (clusterId) => ({ clusterId, epoch: 9, master: MASTER_OF, incarnation: 'i' })],
  ['POST /replication/vote', (clusterId) => ({ clusterId, epoch: 9, candidate: CALLER })],
  ['POST /replication/transfer', (clusterId) => ({ clusterId, candidate: CALLER })],
  ['POST /replication/take-over', (clusterId) => ({ clusterId, master: CALLER })],
  ['POST /register', (clusterId) => ({ clusterId, nodeId: CALLER, incarnation: 'i', port: 1, epoch: 9, lastIndex: 0 })],
];

describe.each(['master', 'secondary'])('on the %s', (role) => {
  it.each(ROUTES)('%s is shut to another cluster', async (route, bodyOf) => {
    const node = nodeOf(role);
    const before = node.opened.node.status;
    const byHeader = { cluster: FOREIGN, ...(bodyOf === null ? {} : { body: bodyOf(cluster) }) };
    for (const how of [byHeader, ...(bodyOf === null ? [] : [{ body: bodyOf(FOREIGN) }])]) {
      const { status, body } = await call(node, route, how);
      expect([status, body.code]).toEqual([409, 'FOREIGN_CLUSTER']);
      expect(body.detail).toContain(FOREIGN);
      expect(body.detail).toContain(cluster);
    }
    isSaid(node, `${CALLER} was refused at ${route.split('?')[0]} (FOREIGN_CLUSTER)`);
    expect(node.opened.node.status).toEqual(before);
  });
});

describe.each(['master', 'secondary'])('on the %s', (role) => {
  it.each(ROUTES)('%s is shut to a build that speaks another protocol', async (route, bodyOf) => {
    const node = nodeOf(role);
    const before = node.opened.node.status;
    for (const protocol of ['2', null]) {
      const { status, body } = await call(node, route, { protocol, ...(bodyOf && { body: bodyOf(cluster) }) });
      expect([status, body.code]).toEqual([409, 'PROTOCOL_UNKNOWN']);
      expect([body['oldest'], body['newest']]).toEqual([1, 1]);
    }
    isSaid(node, `${CALLER} was refused at ${route.split('?')[0]} (PROTOCOL_UNKNOWN)`);
    expect(node.opened.node.status).toEqual(before);
  });
});

it('takes a parameter that it does not know, because a later release may send it', async () => {
  for (const route of ['GET /replication/status?later=1', 'GET /replication/position?index=0&later=1']) {
    expect((await call(master, route, {})).status).toBe(200);
  }
});

describe.each(ROUTES.filter(([, bodyOf]) => bodyOf !== null))('%s', (route, bodyOf) => {
  const fields = Object.keys(bodyOf?.('any') ?? {});
  it.each(fields)('refuses a body whose %s is nothing of that kind, and changes nothing', async (field) => {
    const before = master.opened.node.status;
    const values: unknown[] = [null, [], {}, true, -1, '', 'x'.repeat(10_000), { nodeId: CALLER, url: null }];
    for (const value of values) {
      if (route === 'POST /register' && field === 'clusterId' && value === null) continue;
      const { status, body } = await call(master, route, { body: { ...bodyOf?.(cluster), [field]: value } });
      expect([status, body.code]).toEqual([400, 'INVALID_BODY']);
      expect(body['field']).toMatch(new RegExp(`^${field}`));
    }
    expect(master.opened.node.status).toEqual(before);
  });

  it('refuses a body that is no object', async () => {
    for (const body of [[], 'text']) {
      const { status, body: problem } = await call(master, route, { body: body as object });
      expect([status, problem.code]).toEqual([400, 'INVALID_BODY']);
    }
  });

  it('reads a body with another field, because a later release may send it', async () => {
    const { body } = await call(master, route, { body: { ...bodyOf?.(FOREIGN), another: 1 } });
    expect(body.code).toBe('FOREIGN_CLUSTER');
  });
});

describe('an epoch that is over', () => {
  const vote = (epoch: number, candidate: string): Promise<{ status: number; body: Problem }> =>
    call(secondary, 'POST /replication/vote', { from: candidate, body: { clusterId: cluster, epoch, candidate } });

  beforeAll(async () => {
    expect((await vote(VOTED.epoch, VOTED.to)).status).toBe(200);
  });

  it('is refused to a master that pings, with the epoch that is held to', async () => {
    const body = { clusterId: cluster, epoch: 4, master: MASTER_OF, incarnation: secondary.opened.node.incarnation };
    const refused = await call(secondary, 'POST /replication/ping', { body });
    expect([refused.status, refused.body.code, refused.body['epoch']]).toEqual([409, 'STALE_EPOCH', 5]);
    expect(refused.body.detail).toMatch(/Epoch 4 of a-caller is over.*secondary-1 is in epoch 5/);
    isSaid(secondary, `${CALLER} was refused at POST /replication/ping (STALE_EPOCH)`);
    expect(secondary.opened.node.master).toBeNull();
  });

  it('gets no vote, and an epoch gets only one', async () => {
    const stale = await vote(4, CALLER);
    expect([stale.status, stale.body.code, stale.body['votedEpoch']]).toEqual([409, 'STALE_EPOCH', 5]);
    isSaid(secondary, `${CALLER} was refused at POST /replication/vote (STALE_EPOCH)`);
    const taken = await vote(5, CALLER);
    expect([taken.status, taken.body.code]).toEqual([409, 'EPOCH_TAKEN']);
    expect((await vote(5, VOTED.to)).status).toBe(200);
    expect(secondary.opened.node.state.current.promised).toEqual(VOTED);
  });

  it('like any other gets no vote of a master', async () => {
    const body = { clusterId: cluster, epoch: 9, candidate: CALLER };
    const refused = await call(master, 'POST /replication/vote', { body });
    expect([refused.status, refused.body.code]).toEqual([409, 'MASTER_ALIVE']);
    expect(refused.body['node'] as NodeStatus).toMatchObject({ nodeId: 'master', holdsTerm: true });
    isSaid(master, `${CALLER} was refused at POST /replication/vote (MASTER_ALIVE)`);
    expect((await master.client.append('still master', 0)).status).toBe(201);
  });

  it('is told a candidate through the transport as the answer it understands', async () => {
    const request = { clusterId: cluster, epoch: 3, candidate: 'master' };
    const answer = await master.transport.vote(secondary.client.url, request, { timeoutMs: 5_000 });
    expect(answer).toMatchObject({ granted: false, reason: 'VOTED_HIGHER', votedEpoch: 5 });
    expect(answer.status.nodeId).toBe('secondary-1');
  });
});

describe('the link', () => {
  const target = (): string => `${secondary.client.url.replace('http', 'ws')}/replication`;

  it('does not open to another cluster, nor to a caller that names none', async () => {
    for (const named of [{ cluster: FOREIGN }, {}]) {
      const socket = new WebSocket(target(), { headers: await headersOf(named) });
      socket.on('error', () => undefined);
      type Refused = [{ destroy(): void }, { statusCode?: number }];
      const [request, response] = (await once(socket, 'unexpected-response')) as Refused;
      request.destroy();
      expect(response.statusCode).toBe(409);
    }
    isSaid(secondary, `${CALLER} was refused at the link /replication (FOREIGN_CLUSTER)`);
  });

  it('ends with a frame of a protocol that is not known', async () => {
    const socket = new WebSocket(target(), { headers: await headersOf({ cluster }) });
    const probe = encodeFrame({ type: FrameType.Probe, index: 0 });
    probe[1] = 2;
    socket.on('message', () => socket.send(probe));
    const [, reason] = (await once(socket, 'close')) as [number, Buffer];
    expect(reason.toString()).toBe('a frame of protocol 2; this node speaks 1');
  });

  it('takes no record of an epoch that is over', async () => {
    const socket = new WebSocket(target(), { headers: await headersOf({ cluster }) });
    const frames: Frame[] = [];
    socket.on('message', (bytes: Buffer) => frames.push(decodeFrame(bytes)));
    await eventually('a hello', () => frames[0]?.type === FrameType.Hello);
    const stale = { type: FrameType.Append, epoch: 4, round: 1, previous: LOG_START, committed: 0 } as const;
    socket.send(encodeFrame({ ...stale, records: Buffer.alloc(0) }));
    const reject = await eventually('a refusal', () => frames[1] as RejectFrame | undefined);
    expect(reject).toMatchObject({ type: FrameType.Reject, code: 'STALE_EPOCH', votedEpoch: 5 });
    const said = secondary.lines.find((line) => line.includes('a frame of a-caller was refused: epoch 4 is over'));
    expect(said).toContain('"level":"warn"');
    socket.terminate();
  });
});

it('a node that is no member deposes nobody with its epoch: it forgets its votes and joins', async () => {
  const before = (await master.client.cluster()).epoch;
  const { node } = secondary.opened;
  const own = { clusterId: cluster, incarnation: master.opened.node.incarnation };
  const ping = { ...own, epoch: VOTED.epoch, master: MASTER_OF };
  const pinged = await call(master, 'POST /replication/ping', { cluster, body: ping });
  expect([pinged.status, pinged.body['role'], pinged.body['master']]).toMatchObject([
    200,
    'master',
    { nodeId: 'master' },
  ]);

  const [from, url] = [node.nodeId, secondary.client.url];
  const { clusterId, nodeId, incarnation, port, epoch } = node;
  const body = { clusterId, nodeId, incarnation, port, epoch, lastIndex: 0, url };
  const refused = await call(master, 'POST /register', { from, cluster, body });
  expect([refused.status, refused.body.code, refused.body['epoch']]).toEqual([409, 'EPOCH_UNKNOWN', before]);
  isSaid(master, 'secondary-1 was refused at POST /register (EPOCH_UNKNOWN)');

  node.noteAddress('master', master.client.url);
  const view = await eventually('it is a member', async () => {
    const now = await master.client.cluster();
    return now.members.length === 2 && node.committed >= 3 ? now : undefined;
  });
  expect([view.role, view.epoch, node.incarnation === incarnation]).toEqual(['master', before, false]);
});
