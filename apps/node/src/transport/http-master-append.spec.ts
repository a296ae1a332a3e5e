import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { HttpService } from '@nestjs/axios';
import { HttpMasterAppend } from './http-master-append.js';

describe('appending at the master over HTTP', () => {
  it('answers NO_MASTER if nothing listens at the address of the master', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const master = new HttpMasterAppend(new HttpService(), { apiKey: 'key', writeConcernTimeoutMs: 1_000 }, () => 'c1');
    const lines = [{ seq: 1, key: 'orphan-1-1-00000000', payload: Buffer.from('"message"') }];
    await expect(master.append(`http://127.0.0.1:${port}`, lines)).rejects.toMatchObject({ code: 'NO_MASTER' });
  });

  it('takes no answer that has no end', async () => {
    let isCut = false;
    const server = createHttpServer((_request, response) => {
      const piece = 'x'.repeat(64 * 1024);
      const send = (): void => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', send).on('close', () => (isCut = true));
      send();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const master = new HttpMasterAppend(
      new HttpService(),
      { apiKey: 'key', writeConcernTimeoutMs: 10_000 },
      () => 'c1',
    );
    const lines = [{ seq: 1, key: 'orphan-1-1-00000000', payload: Buffer.from('"message"') }];
    await expect(master.append(`http://127.0.0.1:${port}`, lines)).rejects.toMatchObject({ code: 'NO_MASTER' });
    await expect.poll(() => isCut).toBe(true);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
