import { Agent, createServer, get } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../support/eventually.js';
import { Partitions } from '../partitions.js';
import { Wire } from './wire.js';

const TARGET = 'node-2';

describe('the wire to a node', () => {
  let server: Server;
  let wire: Wire;
  let partitions: Partitions;
  /** Keeps connections open, as nodes do. */
  let agent: Agent;
  let arrived: string[];

  beforeEach(async () => {
    arrived = [];
    agent = new Agent({ keepAlive: true });
    server = createServer((request, response) => {
      arrived.push(request.url ?? '');
      response.end('answer');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    partitions = new Partitions();
    wire = await Wire.to(TARGET, (server.address() as AddressInfo).port, partitions);
  });
  afterEach(async () => {
    agent.destroy();
    await wire.close();
    server.closeAllConnections();
    server.close();
  });

  function ask(path: string, caller: string | null): Promise<string> {
    const payload = Buffer.from(JSON.stringify({ iss: caller })).toString('base64url');
    const headers = caller === null ? {} : { authorization: `Bearer head.${payload}.signature` };
    return new Promise((resolve, reject) => {
      const request = get(`${wire.url}${path}`, { headers, agent }, (response) => {
        response.setEncoding('utf8').on('data', resolve).on('error', reject);
      });
      request.on('error', reject);
    });
  }

  it('carries what nodes and clients ask, and answers', async () => {
    expect(await ask('/one', 'node-1')).toBe('answer');
    expect(await ask('/two', null)).toBe('answer');
    expect(arrived).toEqual(['/one', '/two']);
  });

  it('that is refused breaks the connections of that node, takes none of it, and lets all others pass', async () => {
    await ask('/before', 'node-1');
    const heal = partitions.cut(['node-1'], [TARGET], 'refused');
    await expect(ask('/refused', 'node-1')).rejects.toThrow();
    expect(await ask('/other', 'node-3')).toBe('answer');
    expect(await ask('/client', null)).toBe('answer');
    heal();
    expect(await eventually('it is healed', () => ask('/after', 'node-1').catch(() => null))).toBe('answer');
    expect(arrived).not.toContain('/refused');
  });

  it('that is silent there holds up the question, and delivers it when it is healed', async () => {
    const heal = partitions.cut(['node-1'], [TARGET], 'silent');
    const answer = ask('/held', 'node-1');
    expect(await ask('/other', 'node-3')).toBe('answer');
    expect(arrived).toEqual(['/other']);
    heal();
    expect(await answer).toBe('answer');
  });

  it('forgets the connections that a node has, and carries new ones', async () => {
    await ask('/before', 'node-1');
    const { count, heal } = wire.forget('node-1');
    expect(count).toBe(1);
    const held = ask('/held', 'node-1');
    const others = new Agent({ keepAlive: true });
    const first = agent;
    agent = others;
    expect(await ask('/new', 'node-1')).toBe('answer');
    expect(arrived).toEqual(['/before', '/new']);
    heal();
    expect(await held).toBe('answer');
    first.destroy();
  });

  it('that is silent on the way back lets the question arrive and holds up the answer', async () => {
    const heal = partitions.cut([TARGET], ['node-1'], 'silent');
    let isAnswered = false;
    const answer = ask('/unanswered', 'node-1').then((text) => {
      isAnswered = true;
      return text;
    });
    await eventually('it has arrived', () => arrived.includes('/unanswered'));
    expect(await ask('/other', 'node-3')).toBe('answer');
    expect(isAnswered).toBe(false);
    heal();
    expect(await answer).toBe('answer');
  });
});
