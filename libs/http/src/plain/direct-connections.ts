/** The connections of a server that `node:http` does not see, or not yet. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

import type { Clock } from '@replog/contracts/ports.js';

import type { RequestHead } from '../server/early-requests.js';
import { AnswerText } from './answer-text.js';
import { DirectConnection } from './direct-connection.js';
import type { DirectHost, DirectRequest, DirectRole } from './direct-connection.js';

type ConnectionListener = (this: Server, socket: Socket) => void;

export class DirectConnections implements DirectHost {
  readonly text: AnswerText;
  private readonly connections = new Set<DirectConnection>();
  /** What `node:http` does with a new connection. */
  private readonly usual: readonly ConnectionListener[];

  constructor(
    private readonly server: Server,
    readonly clock: Clock,
    private readonly role: DirectRole,
  ) {
    this.text = new AnswerText(server.keepAliveTimeout);
    this.usual = server.listeners('connection') as ConnectionListener[];
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => this.connections.add(new DirectConnection(socket, this)));
  }

  get keepAliveTimeoutMs(): number {
    return this.server.keepAliveTimeout;
  }

  get requestTimeoutMs(): number {
    return this.server.requestTimeout;
  }

  get isOpen(): boolean {
    return this.role.isOpen;
  }

  recognize(head: RequestHead): DirectRequest | null {
    return this.role.recognize(head);
  }

  over(connection: DirectConnection, unread: Buffer | null): void {
    this.connections.delete(connection);
    if (unread === null) return;
    const { socket } = connection;
    // Nothing flows before both know of each other; what was read comes first then.
    socket.pause();
    socket.unshift(unread);
    for (const listener of this.usual) listener.call(this.server, socket);
    process.nextTick(() => socket.resume());
  }

  close(): void {
    for (const { socket } of this.connections) socket.destroy();
  }
}
