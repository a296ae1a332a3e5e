import type { DynamicModule, OnModuleDestroy } from '@nestjs/common';
import { Controller, Get, Module } from '@nestjs/common';
import type { Server } from 'node:http';
import { request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventEmitter, once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { NodeContext, NodeEquipment } from '@replog/cluster/node/node-context.js';
import { PlatformModule } from '../platform.module.js';
import { OpenTo } from '@replog/http/security/open-to.decorator.js';
import { testConfig } from '@replog/runtime/testing/test-config.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { testContext } from '@replog/cluster/testing/fake-node.js';
import { createNodeServer } from '@replog/http/server/node-server.js';
import type { RoleApp } from './role-app.js';
import { createRoleApp } from './role-app.js';
import { UpgradeRouter } from '@replog/http/server/upgrade-router.js';

/** A write that waits until the role closes, as one does whose concern is never met. */
@OpenTo('public')
@Controller('wait')
class WaitController implements OnModuleDestroy {
  private readonly events = new EventEmitter();
  readonly hasBegun = once(this.events, 'begun');

  @Get()
  async wait(): Promise<string> {
    const ended = once(this.events, 'ended');
    this.events.emit('begun');
    await ended;
    return 'pending';
  }

  @Get('forever')
  forever(): Promise<never> {
    this.events.emit('begun');
    return new Promise(() => undefined);
  }

  onModuleDestroy(): void {
    this.events.emit('ended');
  }
}

@Module({})
class WaitModule {
  static forNode(context: NodeContext): DynamicModule {
    return { module: WaitModule, imports: [PlatformModule.forNode(context)], controllers: [WaitController] };
  }
}

describe('a role behind the server of the node', () => {
  let server: Server;
  let role: RoleApp;
  let url: string;

  const startRole = (given: Partial<NodeEquipment> = {}): Promise<RoleApp> => {
    const context = testContext(given);
    return createRoleApp(WaitModule.forNode(context), context);
  };

  beforeEach(async () => {
    role = await startRole();
    server = createNodeServer(testConfig());
    server.on('request', (request, response) => role.handle(request, response));
    server.on('upgrade', (request, socket, head) => role.upgrade(request, socket, head));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    await role.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('answers requests, and lets another role take over with the port open', async () => {
    expect((await fetch(`${url}/healthcheck`)).status).toBe(200);
    const former = role;
    role = await startRole();
    await former.close();
    expect((await fetch(`${url}/healthcheck`)).status).toBe(200);
  });

  it('lets out the answers that its modules settle while it closes', async () => {
    const answer = fetch(`${url}/wait`);
    await role.app.get(WaitController).hasBegun;
    await role.close();
    expect(await (await answer).text()).toBe('pending');
  });

  it('cuts an answer that is not out within the grace of a shutdown', async () => {
    const clock = new VirtualClock();
    await role.close();
    role = await startRole({ clock, config: testConfig({ SHUTDOWN_GRACE: '7' }) });
    const answer = fetch(`${url}/wait/forever`).catch((error: unknown) => error);
    await role.app.get(WaitController).hasBegun;
    const closed = role.close();
    await expect.poll(() => clock.nextInMs).toBe(7000);
    clock.advance(7000);
    await closed;
    expect(await answer).toBeInstanceOf(Error);
  });

  it('takes nothing new once it closes, and says so; the process lives on', async () => {
    await role.close();
    const refused = await fetch(`${url}/wait`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await refused.json()).toMatchObject({ code: 'SHUTTING_DOWN' });
    expect((await fetch(`${url}/healthcheck`)).status).toBe(200);
    expect((await fetch(`${url}/healthcheck/ready`)).status).toBe(503);
  });

  it('hands an upgrade to who asked for its path, and refuses others as a problem', async () => {
    const stop = role.app.get(UpgradeRouter).register('/replication', (_request, socket) => {
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
