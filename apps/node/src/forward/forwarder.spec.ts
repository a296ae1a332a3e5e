/** A node that is not master, in front of servers that behave as a master may. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { MasterChange } from '@replog/cluster/node/master-change.js';
import { ReplogError } from '@replog/contracts/errors.js';
import type { Member, Membership } from '@replog/contracts/payloads.js';
import type { Answer } from '@replog/http/fast-path/answer.js';
import type { ForwardRequest } from '@replog/http/forward/forward.port.js';
import type { Timer } from '@replog/contracts/ports.js';
import { Caller, ENDED_WAIT_MS } from '@replog/http/server/caller.js';
import { SystemClock } from '@replog/runtime/clock/system-clock.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FIND_OUT_MS, Forwarder } from './forwarder.js';
import { MasterRequests } from './master-requests.js';

const HEADERS = { host: 'public', 'x-token': 'k', 'content-type': 'application/json' };

function memberCalled(nodeId: string): Member {
  return { nodeId, incarnation: `of ${nodeId}`, url: `http://${nodeId}` };
}

/** Real waits, on a clock that a test moves on. */
class JumpingClock extends SystemClock {
  aheadMs = 0;

  readonly planned = new Map<() => void, number>();

  /** How often a request was tried again after a while. */
  slept = 0;

  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.slept += 1;
    return super.sleep(ms, signal);
  }

  override nowMs(): number {
    return super.nowMs() + this.aheadMs;
  }

  override after(ms: number, run: () => void): Timer {
    if (ms !== ENDED_WAIT_MS) return super.after(ms, run);
    this.planned.set(run, ms);
    return { cancel: () => void this.planned.delete(run) };
  }
}

describe('a request that a node passes on', () => {
  const servers: Server[] = [];
  let requests: MasterRequests;
  let clock: JumpingClock;
  let node: {
    nodeId: string;
    clusterId: string;
    master: ForwardMaster | null;
    notReady: null;
    holdsTerm: boolean;
    change: MasterChange;
    membership: Membership;
  };
  let forwarder: Forwarder;

  type ForwardMaster = { nodeId: string; url: string; epoch: number };

  beforeEach(() => {
    requests = new MasterRequests();
    clock = new JumpingClock();
    node = {
      nodeId: 's1',
      clusterId: 'c1',
      master: null,
      notReady: null,
      holdsTerm: false,
      change: new MasterChange(),
      membership: { members: ['s1', 's2', 's3'].map(memberCalled), removed: [] },
    };
    forwarder = forwarding('manual');
  });
  const forwarding = (failover: 'auto' | 'manual'): Forwarder => {
    const config = { failover, electionTimeoutMs: 5_000 };
    return new Forwarder(requests, node, clock, { issue: () => Promise.resolve('t-1') }, config);
  };
  afterEach(async () => {
    await requests.close();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  /** The answers in turn, one a request; the last one for all further ones. */
  async function masterWith(...answers: [RequestListener, ...RequestListener[]]): Promise<ForwardMaster> {
    const server = createServer((request, response) => {
      const listener = answers.length > 1 ? (answers.shift() as RequestListener) : answers[0];
      listener(request, response as ServerResponse<IncomingMessage> & { req: IncomingMessage });
    });
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    return { nodeId: `m${port}`, url: `http://127.0.0.1:${port}`, epoch: 1 };
  }
  const given = (changes: Partial<ForwardRequest> = {}): ForwardRequest => ({
    head: {
      method: 'POST',
      url: '/messages/1?timeout=5',
      headers: HEADERS,
      rawHeaders: Object.entries(HEADERS).flat(),
    },
    ...{
      requestId: 'r-1',
      caller: null,
      body: Buffer.from('{"message":1}'),
      key: 'k-1',
      isRepeatable: true,
      isHeld: true,
      waitMs: 0,
    },
    unknown: () => new ReplogError('OUTCOME_UNKNOWN', 'Look there.'),
    ...changes,
  });
  const ONCE = { isRepeatable: false, key: null };
  const answers =
    (status: number, body = '{}', headers: Record<string, string> = {}): RequestListener =>
    (request, response) => {
      request.resume().on('end', () => response.writeHead(status, headers).end(body));
    };
  const breaks: RequestListener = (request) => void request.resume().on('end', () => request.socket.destroy());
  const breaksAmid: RequestListener = (request, response) => {
    request.resume();
    response.writeHead(201, { 'content-length': '100' }).write('{"seq":');
    setImmediate(() => request.socket.destroy());
  };

  it('reaches the master as it was sent, and its answer comes back with the address of the master', async () => {
    let heard: IncomingMessage | undefined;
    let text = '';
    node.master = await masterWith((request, response) => {
      heard = request;
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => response.writeHead(202, { location: '/messages/1/receipt' }).end('{"seq":1}'));
    });
    expect(await forwarder.forward(given())).toEqual({
      ...{ status: 202, body: '{"seq":1}', mustClose: false },
      headers: ['location', '/messages/1/receipt', 'x-replog-master', node.master.url],
    });
    expect([heard?.method, heard?.url, text]).toEqual(['POST', '/messages/1?timeout=5', '{"message":1}']);
    expect(heard?.headers).toMatchObject({ 'x-token': 'k', 'idempotency-key': 'k-1', 'x-replog-forwarded-by': 's1' });
    expect(heard?.headers).toMatchObject({ 'x-replog-forward-token': 't-1' });
    expect(heard?.headers).toMatchObject({ 'content-length': '13', 'x-request-id': 'r-1' });
  });

  it('is repeated under its key after the connection broke, before the answer or amid it', async () => {
    node.master = await masterWith(breaks, breaksAmid, answers(503, '{"code":"NO_QUORUM"}'), answers(200, '{"seq":1}'));
    expect(await forwarder.forward(given())).toMatchObject({ status: 200, body: '{"seq":1}' });
  });

  it('is unknown after the connection broke if it can be sent only once, or no answer settles it in time', async () => {
    node.master = await masterWith(breaks);
    await expect(forwarder.forward(given(ONCE))).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    const refuses: RequestListener = (request, response) => {
      clock.aheadMs += FIND_OUT_MS;
      answers(503, '{"code":"NO_QUORUM"}')(request, response);
    };
    node.master = await masterWith(breaks, refuses);
    await expect(forwarder.forward(given())).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  it('goes to the next master if the node at hand is none, and nowhere if it cannot be reached', async () => {
    const next = await masterWith(answers(201));
    const moved: RequestListener = (request, response) => {
      node.master = next;
      answers(307, '{"code":"NOT_MASTER"}', { location: next.url })(request, response);
    };
    node.master = await masterWith(moved);
    expect(await forwarder.forward(given(ONCE)).catch((error: ReplogError) => error.code)).toBe('NO_MASTER');
    node.master = await masterWith(answers(307), moved);
    expect(await forwarder.forward(given())).toMatchObject({ status: 201 });
    const gone = await masterWith(answers(201));
    servers.at(-1)?.close();
    node.master = gone;
    const message = expect.stringMatching(`${gone.url} cannot be reached.*POST /cluster/promote`) as string;
    const refused = { code: 'NO_MASTER', message };
    await expect(forwarder.forward(given(ONCE))).rejects.toMatchObject(refused);
    await expect(forwarder.forward(given())).rejects.toMatchObject(refused);
  });

  it('is answered by this node itself if it has become master, which may leave a doubt', async () => {
    const promoted: RequestListener = (request) => {
      node.holdsTerm = true;
      request.socket.destroy();
    };
    node.master = await masterWith(promoted);
    expect(await forwarder.forward(given())).toEqual({ hasDoubt: true });
    expect(await forwarder.forward(given())).toEqual({ hasDoubt: false });
  });

  it('is refused while there is no master', async () => {
    for (const master of [null, { nodeId: 's1', url: 'http://self', epoch: 1 }]) {
      node.master = master;
      await expect(forwarder.forward(given())).rejects.toMatchObject({ code: 'NO_MASTER' });
    }
  });

  describe('while the members elect a master', () => {
    beforeEach(() => (forwarder = forwarding('auto')));

    /** Resolves once `request` was tried at a node that cannot be reached. */
    async function deadMaster(): Promise<ForwardMaster> {
      const gone = await masterWith(answers(201));
      servers.pop()?.close();
      return gone;
    }

    it.each<[string, () => Promise<ForwardMaster | null>]>([
      ['knows no master', () => Promise.resolve(null)],
      [
        'is told to be master, and holds no term',
        () => Promise.resolve({ nodeId: 's1', url: 'http://self', epoch: 1 }),
      ],
      ['cannot reach the master', deadMaster],
      ['asks one that knows none', () => masterWith(answers(503, '{"code":"NO_MASTER"}'))],
      ['asks one that stops', () => masterWith(answers(503, '{"code":"SHUTTING_DOWN"}'))],
    ])('waits for it at a node that %s', async (_, before) => {
      node.master = await before();
      const next = await masterWith(answers(201));
      const answer = forwarder.forward(given());
      const isAnswered = vi.fn();
      void answer.then(isAnswered);
      await vi.waitUntil(() => clock.slept > 0);
      expect(isAnswered).not.toHaveBeenCalled();
      node.master = next;
      expect(await answer).toMatchObject({ status: 201 });
    });

    it('is sent whole to the next master if it is a stream, which nobody has read', async () => {
      let text = '';
      const next = await masterWith((request, response) => {
        request.on('data', (chunk: Buffer) => (text += chunk.toString()));
        request.on('end', () => response.writeHead(201).end('{}'));
      });
      node.master = await deadMaster();
      const body = new PassThrough();
      body.end('one\ntwo\n');
      const answer = forwarder.forward(given({ ...ONCE, body }));
      await vi.waitUntil(() => clock.slept > 1);
      expect([body.readableDidRead, body.listenerCount('close')]).toEqual([false, 0]);
      node.master = next;
      expect(await answer).toMatchObject({ status: 201 });
      expect(text).toBe('one\ntwo\n');
    });

    it('is refused if none is found in time, at once if it is no write, and at once in a pause', async () => {
      const refused = { code: 'NO_MASTER', details: { retryAfterS: 1 } };
      const answer = forwarder.forward(given());
      await vi.waitUntil(() => clock.slept > 0);
      clock.aheadMs += FIND_OUT_MS;
      await expect(answer).rejects.toMatchObject(refused);
      const { slept } = clock;
      await expect(forwarder.forward(given({ isHeld: false }))).rejects.toMatchObject(refused);
      node.membership = { ...node.membership, pausedUntilMs: clock.wallMs() + 60_000 };
      await expect(forwarder.forward(given())).rejects.toMatchObject(refused);
      expect(clock.slept).toBe(slept);
    });

    it('ends with its client', async () => {
      const socket = new PassThrough() as unknown as Socket;
      const answer = forwarder.forward(given({ caller: Caller.on(socket, clock) }));
      await vi.waitUntil(() => clock.slept > 0);
      socket.destroy();
      expect(await answer).toBeNull();
    });

    it('is answered by this node if it is elected, and by the next one if the old master did not answer', async () => {
      const answer = forwarder.forward(given(ONCE));
      await vi.waitUntil(() => clock.slept > 0);
      node.holdsTerm = true;
      expect(await answer).toEqual({ hasDoubt: false });
      node.holdsTerm = false;
      node.master = await masterWith(breaks, answers(503, '{"code":"NOT_READY"}'), answers(200, '{"seq":1}'));
      expect(await forwarder.forward(given())).toMatchObject({ status: 200 });
    });
  });

  it('is streamed both ways, and ends with its client', async () => {
    let heardBytes = 0;
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    node.master = await masterWith((request, response) => {
      request.on('data', (chunk: Buffer) => {
        heardBytes += chunk.length;
        if (heardBytes === 5) response.writeHead(200, { 'content-type': 'text/event-stream' }).write('event: one\n\n');
      });
      request.on('error', () => undefined);
      response.on('close', end);
    });
    const body = new PassThrough();
    body.write('first');
    const socket = new PassThrough() as unknown as Socket;
    const caller = Caller.on(socket, clock);
    const forwarded = (await forwarder.forward(given({ ...ONCE, body, caller }))) as Answer;
    expect(forwarded).toMatchObject({ status: 200, mustClose: true });
    const [piece] = (await once(forwarded.body as PassThrough, 'data')) as [Buffer];
    expect(piece.toString()).toBe('event: one\n\n');
    socket.destroy();
    await ended;
    expect(await forwarder.forward(given({ caller }))).toBeNull();
    expect(caller.wait).toBeNull();
  });

  describe('for a client that has closed its side', () => {
    let caller: Caller;
    let socket: PassThrough;
    let heard: string[];
    let whenHeard: Promise<void>;
    let left: Promise<void>;
    const waiting = { waitMs: 60_000 };

    beforeEach(async () => {
      heard = [];
      socket = new PassThrough({ autoDestroy: false });
      caller = Caller.on(socket as unknown as Socket, clock);
      let [noteHeard, noteLeft] = [(): void => undefined, (): void => undefined];
      whenHeard = new Promise((resolve) => (noteHeard = resolve));
      left = new Promise((resolve) => (noteLeft = resolve));
      const waits: RequestListener = (request, response) => {
        heard.push(request.url ?? '');
        response.once('close', noteLeft);
        request.resume().on('end', noteHeard);
      };
      const askedAgain: RequestListener = (request, response) => {
        heard.push(request.url ?? '');
        answers(202, '{"outcome":"pending"}')(request, response);
      };
      node.master = await masterWith(waits, askedAgain);
    });

    const elapse = (): void => {
      expect([...clock.planned.values()]).toEqual([ENDED_WAIT_MS]);
      for (const run of clock.planned.keys()) run();
    };

    it('the wait ends at the master after a while, and the client hears how far its message is', async () => {
      const answer = forwarder.forward(given({ ...waiting, caller }));
      await whenHeard;
      expect(clock.planned.size).toBe(0);
      socket.resume().end();
      await once(socket, 'end');
      elapse();
      await left;
      expect(await answer).toMatchObject({ status: 202, body: '{"outcome":"pending"}' });
      expect(heard).toEqual(['/messages/1?timeout=5', '/messages/1?timeout=0']);
      expect([clock.planned.size, caller.wait]).toEqual([0, null]);
    });

    it('the same before the request goes on; what can be sent only once has an unknown outcome', async () => {
      caller.hasEnded = true;
      const answer = forwarder.forward(given({ ...waiting, ...ONCE, caller }));
      answer.catch(() => undefined);
      await whenHeard;
      elapse();
      await left;
      await expect(answer).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    });

    it('a request that waits for nothing goes on', async () => {
      const answer = forwarder.forward(given({ caller }));
      await whenHeard;
      caller.wait?.callerEnded();
      elapse();
      socket.destroy();
      expect(await answer).toBeNull();
      await left;
      expect(heard).toHaveLength(1);
    });
  });

  it('leaves the body of its client open if the master answers before it has read it', async () => {
    node.master = await masterWith((_, response) =>
      response.writeHead(413, { connection: 'close' }).end('{"code":"X"}'),
    );
    const body = new PassThrough();
    body.write(Buffer.alloc(8 * 1024));
    expect(await forwarder.forward(given({ ...ONCE, body }))).toMatchObject({ status: 413, mustClose: true });
    await new Promise((resolve) => setImmediate(resolve));
    expect(body.destroyed).toBe(false);
  });
});
