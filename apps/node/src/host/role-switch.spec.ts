import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { request as send } from 'node:http';
import { testConfig } from '@replog/runtime/testing/test-config.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MasterChange } from '@replog/cluster/node/master-change.js';
import type { RoleApp } from './role-app.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { RoleSwitch } from './role-switch.js';

/** A role that answers with its name and how much of a body came, and remembers what it was handed. */
class NamedRole implements Pick<RoleApp, 'handle' | 'recognize'> {
  readonly handled: string[] = [];

  constructor(private readonly name: string) {}

  recognize(): null {
    return null;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.handled.push(`${request.method} ${request.url}`);
    let bytes = 0;
    request.on('data', (chunk: Buffer) => (bytes += chunk.length));
    request.on('end', () => response.end(`${this.name} ${bytes}`));
  }
}

const asRole = (role: NamedRole): RoleApp => role as Partial<RoleApp> as RoleApp;

describe('the door of a node', () => {
  const change = new MasterChange();
  let door: RoleSwitch;
  let url: string;
  const before = new NamedRole('before');
  const after = new NamedRole('after');

  beforeEach(async () => {
    door = new RoleSwitch(change, new VirtualClock(), testConfig());
    url = `http://127.0.0.1:${await door.listen(0, '127.0.0.1')}`;
    before.handled.length = 0;
    after.handled.length = 0;
    door.turnTo(asRole(before));
  });

  afterEach(async () => {
    change.update(false);
    await door.close();
  });

  const write = (path: string): Promise<string> =>
    fetch(`${url}${path}`, { method: 'POST', body: 'x'.repeat(100_000) }).then((answer) => answer.text());

  it('holds writes while the master changes and hands them, whole, to the role in force afterwards', async () => {
    change.update(true);
    const writes = Promise.all([write('/messages'), write('/messages/2?timeout=5')]);
    // What is no write is answered by the role in force: by then the writes have arrived as well.
    const others = ['/messages', '/messages/7/receipt', '/cluster'].map((path) => fetch(`${url}${path}`));
    for (const answer of await Promise.all(others)) expect(await answer.text()).toBe('before 0');
    expect(await write('/messages-of-others')).toBe('before 100000');
    door.turnTo(asRole(after));
    change.update(false);
    expect(await writes).toEqual(['after 100000', 'after 100000']);
    expect(before.handled).not.toContain('POST /messages');
    expect(await write('/messages')).toBe('after 100000');
  });

  it('hands on nothing whose client has given up', async () => {
    change.update(true);
    const given = send(`${url}/messages`, { method: 'POST' }).on('error', () => undefined);
    const kept = write('/messages/1');
    await once(given.flushHeaders() ?? given, 'socket');
    given.destroy();
    await fetch(`${url}/cluster`);
    change.update(false);
    expect(await kept).toBe('before 100000');
    expect(before.handled).toEqual(['GET /cluster', 'POST /messages/1']);
  });
});
