import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { HttpService } from '@nestjs/axios';
import axios from 'axios';
import type { AxiosAdapter } from 'axios';
import { afterEach, describe, expect, it } from 'vitest';
import { MAX_BATCH_BYTES, MAX_BLOCK_BYTES } from '@replog/contracts/limits.js';
import { testConfig } from '@replog/runtime/testing/test-config.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { ServiceTokens } from '@replog/runtime/tokens/service-tokens.js';
import { HttpTransport } from './http-transport.js';

const MAX_MESSAGE_BYTES = 1_000;
const LIMITS = { timeoutMs: 5_000 };

describe('calls to other nodes', () => {
  let server: Server;

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const answering = async (listener: RequestListener): Promise<string> => {
    server = createServer(listener);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  const transport = (client = axios.create({ validateStatus: () => true })): HttpTransport => {
    const http = new HttpService(client);
    const config = { ...testConfig(), maxMessageBytes: MAX_MESSAGE_BYTES };
    return new HttpTransport(http, new ServiceTokens(config, new VirtualClock()), config, () => 'c', 'boot-1');
  };

  it('take no answer that has no end', async () => {
    let isCut = false;
    const url = await answering((_request, response) => {
      const piece = 'x'.repeat(16 * 1024);
      const send = (): void => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', send).on('close', () => (isCut = true));
      response.writeHead(200, { 'content-type': 'application/json' });
      send();
    });
    await expect(transport().status(url, LIMITS)).rejects.toThrow(
      `${url}/replication/status answered with more than 65536 bytes`,
    );
    await expect.poll(() => isCut).toBe(true);
  });

  it('take every stored record, however low MAX_MESSAGE_BYTES is by now', async () => {
    const stored = MAX_MESSAGE_BYTES + MAX_BATCH_BYTES + 1;
    const url = await answering((_request, response) => response.end(Buffer.alloc(stored)));
    expect((await transport().records(url, 1, LIMITS)).length).toBe(stored);
  });

  it('take no more records than a block has', async () => {
    const asked: (number | undefined)[] = [];
    const adapter: AxiosAdapter = (config) => {
      asked.push(config.maxContentLength);
      return Promise.resolve({ data: Buffer.alloc(0), status: 200, statusText: 'OK', headers: {}, config });
    };
    await answering(() => undefined);
    await transport(axios.create({ adapter })).records('http://peer', 1, LIMITS);
    expect(asked).toEqual([MAX_BLOCK_BYTES]);
  });

  it('take nothing compressed', async () => {
    const url = await answering((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(100_000)));
    });
    expect((await transport().records(url, 1, LIMITS)).length).toBeLessThan(1_000);
  });

  it('give up opening a link at once when they are told to, also to a host that says nothing', async () => {
    const url = await answering(() => undefined);
    const opening = new AbortController();
    const link = transport().openLink(url, { timeoutMs: 3_600_000, signal: opening.signal });
    // The handshake is taken and never answered.
    const [, socket] = (await once(server, 'upgrade')) as [unknown, Duplex];
    opening.abort();
    await expect(link).rejects.toThrow('could not be opened');
    socket.destroy();
  });

  it('end with an error of the other node where its answer is of a wrong form', async () => {
    const refusal = { code: 'MASTER_ALIVE', detail: 'no', reason: 'MASTER_ALIVE', votedEpoch: 5, node: { nodeId: 5 } };
    const bodies: Record<string, unknown> = { '/replication/status': { nodeId: 5 }, '/replication/vote': refusal };
    const url = await answering((request, response) => {
      response.writeHead(request.url === '/replication/vote' ? 409 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(bodies[request.url ?? ''] ?? null));
    });
    const vote = { clusterId: 'c', epoch: 2, candidate: 'n1' };
    const ping = { clusterId: 'c', epoch: 2, master: { nodeId: 'n1', url: 'http://n1' }, incarnation: 'i1' };
    const calls = [
      () => transport().status(url, LIMITS),
      () => transport().vote(url, vote, LIMITS),
      () => transport().ping(url, ping, LIMITS),
      () => transport().position(url, 1, LIMITS),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow('gave an invalid answer: ');
  });
});
