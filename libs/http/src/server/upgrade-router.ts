import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { Injectable } from '@nestjs/common';
import { ReplogError } from '@replog/contracts/errors.js';

import { pathOnly } from '../requests/path-only.js';

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

  /** `refuse` answers on the socket, whose errors the caller listens to: a peer that disconnects is no fault of this node. */
  async upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    refuse: (error: ReplogError) => void,
  ): Promise<void> {
    try {
      const path = pathOnly(request.url ?? '/');
      const handler = this.handlers.get(path);
      if (!handler) throw new ReplogError('ROUTE_NOT_FOUND', `There is no WebSocket at ${path} on this node.`);
      await handler(request, socket, head);
    } catch (error) {
      refuse(error instanceof ReplogError ? error : new ReplogError('INTERNAL', 'The node had an internal error.'));
    }
  }
}
