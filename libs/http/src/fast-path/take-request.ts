/** The fast path behind `node:http`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { HEADERS } from '@replog/contracts/http.js';

import { callerOf } from '../server/caller.js';
import type { Answer } from './answer.js';
import type { FastPath } from './fast-path.js';

/** Returns whether it answers the request. A request that it does not answer is untouched. */
export function takeRequest(fastPath: FastPath, request: IncomingMessage, response: ServerResponse): boolean {
  const prepared = fastPath.prepare(request);
  if (prepared === null) return false;
  const requestId = request.headers[HEADERS.requestId];
  const values = {
    startedMs: fastPath.clock.nowMs(),
    requestId: typeof requestId === 'string' ? requestId : null,
    caller: callerOf(request.socket),
  };
  void prepared.answer(request, values).then((answer) => (answer === null ? undefined : write(answer, response)));
  return true;
}

function write({ status, headers, body, mustClose }: Answer, response: ServerResponse): void {
  response.writeHead(status, (mustClose ? [...headers, 'connection', 'close'] : headers) as string[]);
  if (typeof body === 'string') response.end(body);
  // If the client disconnects, the pieces end. If a piece fails, the connection is cut, so that the client notices the
  // incomplete answer.
  else pipeline(Readable.from(body, { objectMode: false }), response).catch(() => undefined);
}
