/** Runs the load generator for sockets in a process of its own, so that it takes no time from anything else here. */
import { fileURLToPath } from 'node:url';
import { outputOf } from './command.js';
import type { HttpRequest } from './http-protocol.js';
import type { Load, LoadResult } from './load.js';
import type { ProtocolName } from './protocols.js';
import type { SocketLoad } from './socket-load.js';

/** Beside the bundle that this is part of. */
const PROGRAM = fileURLToPath(new URL('./socket-load.js', import.meta.url));

export async function runSocketLoad(
  protocol: ProtocolName | HttpRequest,
  port: number,
  load: Omit<Load, 'concern'>,
): Promise<LoadResult> {
  const { clients, batch, seconds } = load;
  const task: SocketLoad = { protocol, port, clients, batch, seconds };
  return JSON.parse(await outputOf(process.execPath, [PROGRAM, JSON.stringify(task)])) as LoadResult;
}
