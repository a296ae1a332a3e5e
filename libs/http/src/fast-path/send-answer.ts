import { Readable } from 'node:stream';

import type { FastifyReply } from 'fastify';

import type { Answer } from './answer.js';

/** The same answer from a route of Nest. */
export function sendAnswer(reply: FastifyReply, { status, headers, body, mustClose }: Answer): void {
  void reply.code(status);
  for (let at = 0; at < headers.length; at += 2) void reply.header(headers[at] as string, headers[at + 1]);
  if (mustClose) void reply.header('connection', 'close');
  void reply.send(typeof body === 'string' ? body : Readable.from(body, { objectMode: false }));
}
