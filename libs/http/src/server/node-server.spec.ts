import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';

import { createNodeServer } from './node-server.js';

const LONG = { keepAliveTimeoutMs: 65_000, headersTimeoutMs: 60_000, requestTimeoutMs: 300_000 };

describe('the server of the node', () => {
  let server: Server;

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** Everything a client receives until its connection ends, after it has sent `text`. */
  const heard = async (timeouts: typeof LONG, text: string): Promise<string> => {
    server = createNodeServer(timeouts).on('request', (_request, response) => response.end('ok'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    let all = '';
    socket.on('data', (chunk) => (all += chunk.toString()));
    socket.write(text);
    await once(socket, 'close');
    return all;
  };

  it('closes a connection after its idle time', async () => {
    expect(await heard({ ...LONG, keepAliveTimeoutMs: 50 }, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(
      /200 OK.*ok$/s,
    );
  });

  it('refuses headers that do not arrive in time, soon after their timeout', async () => {
    expect(await heard({ ...LONG, headersTimeoutMs: 50 }, 'GET / HTTP/1.1\r\n')).toMatch(/^HTTP\/1.1 408/);
  });

  it('refuses a body that does not arrive in time', async () => {
    const timeouts = { ...LONG, headersTimeoutMs: 50, requestTimeoutMs: 100 };
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n';
    expect(await heard(timeouts, `${head}x`)).toMatch(/408 Request Timeout/);
  });
});
