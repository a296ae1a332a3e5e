/**
 * The proxy of one node. All others reach the node through it, under the address it advertises, so every pair of nodes
 * can be cut without rights on the machine. The token of the first request names the caller: a connection belongs to
 * one process from beginning to end. Clients carry no such token and always pass.
 */
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { Direction } from './direction.js';
import type { Partitions } from '../partitions.js';

const MAX_HEADER_BYTES = 16 * 1024;

interface Connection {
  readonly caller: string;
  readonly sockets: readonly Socket[];
  readonly request: Direction;
  readonly answer: Direction;
  /** It carries nothing, whatever is cut. */
  isForgotten: boolean;
}

export class Wire {
  private readonly connections = new Set<Connection>();
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  private constructor(
    private readonly nodeId: string,
    private readonly targetPort: number,
    private readonly partitions: Partitions,
  ) {
    this.server = createServer((socket) => this.accept(socket));
    partitions.onChange(() => this.applyAll());
  }

  static async to(nodeId: string, targetPort: number, partitions: Partitions): Promise<Wire> {
    const wire = new Wire(nodeId, targetPort, partitions);
    await new Promise<void>((resolve) => wire.server.listen(0, '127.0.0.1', resolve));
    return wire;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  /** Waits for the head of the first request, which says who calls. */
  private accept(socket: Socket): void {
    this.remember(socket);
    socket.on('error', () => socket.destroy());
    let head = Buffer.alloc(0);
    const read = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      if (!head.includes('\r\n\r\n') && head.length < MAX_HEADER_BYTES) return;
      socket.off('data', read);
      this.carry(socket, head, callerOf(head.toString('latin1')));
    };
    socket.on('data', read);
  }

  private carry(socket: Socket, head: Buffer, caller: string): void {
    if (this.isRefused(caller)) {
      socket.destroy();
      return;
    }
    socket.pause();
    const target = connect(this.targetPort, '127.0.0.1');
    this.remember(target);
    target.once('connect', () => this.joined(socket, target, head, caller));
    target.on('error', () => socket.destroy());
    socket.once('close', () => target.destroySoon());
  }

  private joined(socket: Socket, target: Socket, head: Buffer, caller: string): void {
    const request = new Direction(socket, target);
    const answer = new Direction(target, socket);
    const connection = { caller, sockets: [socket, target], request, answer, isForgotten: false };
    this.connections.add(connection);
    target.once('close', () => this.connections.delete(connection));
    // Put back, so that a way that is cut holds it up like all that follows.
    socket.unshift(head);
    this.apply(connection);
  }

  /** Those that the caller has now carry nothing until it is healed. */
  forget(caller: string): { count: number; heal: () => void } {
    const forgotten = [...this.connections].filter((connection) => connection.caller === caller);
    const set = (isForgotten: boolean): void => {
      for (const connection of forgotten) connection.isForgotten = isForgotten;
      this.applyAll();
    };
    set(true);
    return { count: forgotten.length, heal: () => set(false) };
  }

  private applyAll(): void {
    for (const connection of this.connections) this.apply(connection);
  }

  private apply({ caller, sockets, request, answer, isForgotten }: Connection): void {
    if (this.isRefused(caller)) {
      for (const socket of sockets) socket.destroy();
      return;
    }
    request.block(isForgotten || this.partitions.between(caller, this.nodeId) !== null);
    answer.block(isForgotten || this.partitions.between(this.nodeId, caller) !== null);
  }

  private isRefused(caller: string): boolean {
    const { partitions, nodeId } = this;
    return partitions.between(caller, nodeId) === 'refused' || partitions.between(nodeId, caller) === 'refused';
  }

  private remember(socket: Socket): void {
    socket.setNoDelay(true);
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
  }
}

/** The maker of the service token in a request's head; empty where there is none. */
function callerOf(head: string): string {
  const payload = /^authorization: bearer [^.\s]+\.([^.\s]+)\./im.exec(head)?.[1];
  if (payload === undefined) return '';
  const { iss } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iss?: string };
  return iss ?? '';
}
