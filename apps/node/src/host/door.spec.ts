import { testConfig } from '@replog/runtime/testing/test-config.js';
import { once } from 'node:events';
import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { request as send } from 'node:http';
import { Controller, Get } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MasterChange } from '@replog/cluster/node/master-change.js';
import { testContext } from '@replog/cluster/testing/fake-node.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { EarlyRequests } from '@replog/http/server/early-requests.js';
import { UpgradeRouter } from '@replog/http/server/upgrade-router.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { HealthcheckModule } from '../api/health/healthcheck.module.js';
import { moduleOf } from '../testing/module-of.js';
import { Door } from './door.js';
import type { ServedApp } from './door.js';
import { createNodeApp } from './node-app.js';
import type { NodeApp } from './node-app.js';

/** Answers with its name and how much of a body came, and remembers what it was handed. */
class NamedApp implements ServedApp {
  readonly handled: string[] = [];
  readonly early = new EarlyRequests();
  readonly upgrades = new UpgradeRouter();

  constructor(private readonly name: string) {}

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    this.handled.push(`${request.method} ${request.url}`);
    let bytes = 0;
    request.on('data', (chunk: Buffer) => (bytes += chunk.length));
    request.on('end', () => response.end(`${this.name} ${bytes}`));
  };
}

describe('the door of a node while the master changes', () => {
  const change = new MasterChange();
  let app: NamedApp;
  let door: Door;
  let url: string;

  beforeEach(async () => {
    app = new NamedApp('node');
    door = new Door(change, new VirtualClock(), testConfig());
    url = `http://127.0.0.1:${await door.listen(0, '127.0.0.1')}`;
    door.serve(app);
  });

  afterEach(async () => {
    change.end();
    await door.close();
  });

  const write = (path: string): Promise<string> =>
    fetch(`${url}${path}`, { method: 'POST', body: 'x'.repeat(100_000) }).then((answer) => answer.text());

  it('holds writes and hands them on, whole, when it is known who is master', async () => {
    change.begin(new VirtualClock());
    const writes = Promise.all([write('/messages'), write('/messages/2?timeout=5')]);
    // What is no write is answered at once: by then the writes have arrived as well.
    const others = ['/messages', '/messages/7/receipt', '/cluster'].map((path) => fetch(`${url}${path}`));
    for (const answer of await Promise.all(others)) expect(await answer.text()).toBe('node 0');
    expect(await write('/messages-of-others')).toBe('node 100000');
    expect(app.handled).not.toContain('POST /messages');
    change.end();
    expect(await writes).toEqual(['node 100000', 'node 100000']);
    expect(app.handled).toContain('POST /messages');
    expect(await write('/messages')).toBe('node 100000');
  });

  it('hands on nothing whose client has given up', async () => {
    change.begin(new VirtualClock());
    const given = send(`${url}/messages`, { method: 'POST' }).on('error', () => undefined);
    const kept = write('/messages/1');
    await once(given.flushHeaders() ?? given, 'socket');
    given.destroy();
    await fetch(`${url}/cluster`);
    change.end();
    expect(await kept).toBe('node 100000');
    expect(app.handled).toEqual(['GET /cluster', 'POST /messages/1']);
  });
});

/** A write that waits until its term ends, as one does whose concern is never met. */
@OpenTo('public')
@Controller('wait')
class WaitController {
  private readonly events = new EventEmitter();
  readonly hasBegun = once(this.events, 'begun');

  @Get()
  async wait(): Promise<string> {
    const ended = once(this.events, 'ended');
    this.events.emit('begun');
    await ended;
    return 'pending';
  }

  settle(): void {
    this.events.emit('ended');
  }
}

describe('the door of a node', () => {
  let door: Door;
  let node: NodeApp;
  let url: string;

  beforeEach(async () => {
    const context = testContext();
    door = new Door(new MasterChange(), context.clock, context.config);
    url = `http://127.0.0.1:${await door.listen(0, '127.0.0.1')}`;
    const waiting = { imports: [HealthcheckModule], controllers: [WaitController] };
    node = await createNodeApp(moduleOf(context, waiting), context);
  });

  afterEach(async () => {
    await node.app.close();
    await door.close();
  });

  it('is open before there is anybody to answer, and says so', async () => {
    const early = await fetch(`${url}/healthcheck`);
    expect([early.status, await early.json()]).toMatchObject([503, { code: 'NOT_READY' }]);
    door.serve(node);
    expect((await fetch(`${url}/healthcheck`)).status).toBe(200);
  });

  it('lets out the answers that are settled while the node shuts down', async () => {
    door.serve(node);
    const answer = fetch(`${url}/wait`);
    const waiting = node.app.get(WaitController);
    await waiting.hasBegun;
    door.refuseNew();
    waiting.settle();
    await node.app.close();
    await door.drain();
    expect(await (await answer).text()).toBe('pending');
  });

  it('takes nothing new once the node shuts down, and says so; the process lives on', async () => {
    door.serve(node);
    door.refuseNew();
    await node.app.close();
    const refused = await fetch(`${url}/wait`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await refused.json()).toMatchObject({ code: 'SHUTTING_DOWN' });
    expect((await fetch(`${url}/healthcheck`)).status).toBe(200);
    expect((await fetch(`${url}/healthcheck/ready`)).status).toBe(503);
  });

  it('hands an upgrade to who asked for its path, and refuses others as a problem', async () => {
    door.serve(node);
    const stop = node.upgrades.register('/replication', (_request, socket) => {
      socket.end('HTTP/1.1 101 Switching Protocols\r\nupgrade: test\r\nconnection: upgrade\r\n\r\n');
    });
    const upgrade = (path: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const request = send(`${url}${path}`, { headers: { connection: 'upgrade', upgrade: 'test' } });
        request.on('upgrade', (response) => resolve(response.statusCode));
        request.on('response', (response) => resolve(response.resume().statusCode));
        request.on('error', reject).end();
      });
    expect([await upgrade('/replication?x=1'), await upgrade('/elsewhere')]).toEqual([101, 404]);
    stop();
    expect(await upgrade('/replication')).toBe(404);
  });
});
