/** The connections of a server that `node:http` does not know, or does not know yet. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

import type { Clock } from '@replog/contracts/ports.js';

import type { ConnectionLimit } from '../server/connection-limit.js';
import { Caller } from '../server/caller.js';
import { AnswerText } from './answer-text.js';
import { PlainConnection } from './plain-connection.js';
import type { PlainHost } from './plain-connection.js';

type ConnectionListener = (this: Server, socket: Socket) => void;

export class PlainConnections implements PlainHost {
  readonly text: AnswerText;
  isLettingGo = false;
  private readonly connections = new Set<PlainConnection>();
  /** What `node:http` does with a new connection. */
  private readonly usual: readonly ConnectionListener[];

  constructor(
    private readonly server: Server,
    readonly clock: Clock,
    readonly fastPath: PlainHost['fastPath'],
    readonly inFlight: PlainHost['inFlight'],
    readonly refusals: PlainHost['refusals'],
    limit: Pick<ConnectionLimit, 'isSurplus'>,
  ) {
    this.text = new AnswerText(server.keepAliveTimeout);
    this.usual = server.listeners('connection') as ConnectionListener[];
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      const caller = Caller.on(socket, clock);
      if (limit.isSurplus(socket)) this.passOn(socket);
      else this.connections.add(new PlainConnection(socket, caller, this));
    });
  }

  get keepAliveTimeoutMs(): number {
    return this.server.keepAliveTimeout;
  }

  get requestTimeoutMs(): number {
    return this.server.requestTimeout;
  }

  over(connection: PlainConnection, unread: Buffer | null): void {
    this.connections.delete(connection);
    if (unread === null) return;
    const { socket } = connection;
    // Nothing flows before both sides know each other; bytes that were already read come first.
    socket.pause();
    socket.unshift(unread);
    this.passOn(socket);
    process.nextTick(() => socket.resume());
  }

  private passOn(socket: Socket): void {
    for (const listener of this.usual) listener.call(this.server, socket);
  }

  close(): void {
    for (const { socket } of this.connections) socket.destroy();
  }
}
