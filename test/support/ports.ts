/**
 * Free ports for a test's own processes. Each is handed out once in a test file. They lie below those that systems give to
 * outgoing connections: between the moment a port is found free and the moment its node listens, any of these may be taken.
 */
import { createServer } from 'node:net';

const FIRST = 20_000;
const COUNT = 12_000;

const given = new Set<number>();

export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
