import type { IncomingMessage } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

import { Injectable } from '@nestjs/common';
import { ReplogError } from '@replog/contracts/errors.js';

import { answerProblem } from '../problems/answer-problem.js';

export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void> | void;

/**
 * Passes each WebSocket upgrade to its handler. A handler that throws before it has taken the socket refuses the
 * upgrade.
 */
@Injectable()
export class UpgradeRouter {
  private readonly handlers = new Map<string, UpgradeHandler>();

  /** Returns a function that removes the handler. */
  register(path: string, handler: UpgradeHandler): () => void {
    if (this.handlers.has(path)) throw new Error(`${path} has an upgrade handler already`);
    this.handlers.set(path, handler);
    return () => this.handlers.delete(path);
  }

  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // A peer that disconnects during the check is not a fault of this node.
    const ignore = (): void => undefined;
    socket.on('error', ignore);
    try {
      const path = request.url?.split('?', 1)[0] ?? '/';
      const handler = this.handlers.get(path);
      if (!handler) throw new ReplogError('ROUTE_NOT_FOUND', `There is no WebSocket at ${path} on this node.`);
      await handler(request, socket, head);
      socket.off('error', ignore);
    } catch (error) {
      refuseUpgrade(socket, error);
    }
  }
}

/** Answers an upgrade with an error and closes the socket. */
export function refuseUpgrade(socket: Duplex, thrown: unknown): void {
  const error = thrown instanceof ReplogError ? thrown : new ReplogError('INTERNAL', 'The node had an internal error.');
  const { status, headers, body } = answerProblem(error);
  const lines = Object.entries({ ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' });
  const head = lines.map(([name, value]) => `${name}: ${String(value)}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head}\r\n${body}`);
}
