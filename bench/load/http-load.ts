/** Load over HTTP: by `wrk`, which needs least of a processor, and where it is not installed by a process of ours. */
import { findProgram } from './command.js';
import type { HttpRequest } from './http-protocol.js';
import type { LoadResult } from './load.js';
import { runSocketLoad } from './socket-client.js';
import { runWrk } from './wrk.js';

export interface HttpLoad extends HttpRequest {
  readonly clients: number;
  readonly seconds: number;
}

export function runHttpLoad(load: HttpLoad): Promise<LoadResult> {
  if (findProgram('wrk') !== null) return runWrk(load);
  const { url, headers, body, clients, seconds } = load;
  return runSocketLoad({ url, headers, body }, Number(new URL(url).port), { clients, seconds, batch: 1 });
}
