import { once } from 'node:events';
import { EventEmitter } from 'node:events';
import { Agent, request as send } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Controller, Get } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testContext } from '@replog/cluster/testing/fake-node.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { HealthcheckModule } from '../api/health/healthcheck.module.js';
import { moduleOf } from '../testing/module-of.js';
import { Door } from './door.js';
import { createNodeApp } from './node-app.js';
import type { NodeApp } from './node-app.js';

/** Like a write whose concern is never met: it waits until the term ends. */
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
    door = new Door(context);
    url = `http://127.0.0.1:${await door.listen(0, '127.0.0.1')}`;
    const waiting = { imports: [HealthcheckModule], controllers: [WaitController] };
    node = await createNodeApp(moduleOf(context, waiting), context);
  });

  afterEach(async () => {
    await node.app.close();
    await door.close();
  });

  it('accepts connections before the application is ready, and answers NOT_READY', async () => {
    const early = await fetch(`${url}/healthcheck`);
    expect([early.status, await early.json()]).toMatchObject([503, { code: 'NOT_READY' }]);
    door.serve(node);
    expect((await fetch(`${url}/healthcheck`)).status).toBe(200);
  });

  it('sends the outstanding answers during a shutdown', async () => {
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

  it('lets clients go without refusing a request: each connection ends with its next answer, and none is taken', async () => {
    door.serve(node);
    const [busy, idle] = [new Agent({ keepAlive: true }), new Agent({ keepAlive: true })];
    const get = async (path: string, agent: Agent | false): Promise<IncomingMessage> => {
      const [answer] = (await once(send(`${url}${path}`, { agent }).end(), 'response')) as [IncomingMessage];
      await once(answer.resume(), 'end');
      return answer;
    };
    expect((await get('/healthcheck', idle)).headers.connection).toBe('keep-alive');
    const waiting = node.app.get(WaitController);
    const begun = get('/wait', busy);
    await waiting.hasBegun;
    const letGo = door.letGo();
    waiting.settle();
    for (const answer of [await begun, await get('/healthcheck', idle)])
      expect([answer.statusCode, answer.headers.connection]).toEqual([200, 'close']);
    await expect(get('/healthcheck', false)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await letGo;
  });

  it('refuses new requests during a shutdown with a clear error; the process stays alive', async () => {
    door.serve(node);
    door.refuseNew();
    await node.app.close();
    const refused = await fetch(`${url}/wait`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await refused.json()).toMatchObject({ code: 'SHUTTING_DOWN' });
    expect((await fetch(`${url}/healthcheck`)).status).toBe(200);
    expect((await fetch(`${url}/healthcheck/ready`)).status).toBe(503);
  });

  it('passes an upgrade to the handler of its path, and refuses others with a problem document', async () => {
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
