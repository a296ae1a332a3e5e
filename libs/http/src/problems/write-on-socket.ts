import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import type { ProblemAnswer } from './answer-problem.js';

/** Writes an answer without `node:http`, and closes the socket. */
export function writeOnSocket(socket: Duplex, { status, headers, body }: ProblemAnswer): void {
  const lines = Object.entries({ ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' });
  const head = lines.map(([name, value]) => `${name}: ${String(value)}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head}\r\n${body}`);
  // The client need not close its side.
  (socket as Socket).destroySoon();
}
