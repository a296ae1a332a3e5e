/**
 * A wire between two nodes that a test can damage: it carries bytes both ways until it is told to swallow what comes
 * back, to forget a connection, or to cut every connection.
 */
import { createServer, connect } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A connection through the proxy. */
interface Wire {
  /** What its client sent first. */
  opening: string;
  isForgotten: boolean;
}

export class TcpProxy {
  /** Bytes of answers that never arrived. */
  swallowedBytes = 0;
  private isSwallowing = false;
  private readonly sockets = new Set<Socket>();
  private readonly wires = new Set<Wire>();
  private readonly server: Server;

  private constructor(private readonly targetPort: number) {
    this.server = createServer((client) => this.connect(client));
  }

  static async to(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on requests and frames arrive, and nothing that is answered does. */
  swallowAnswers(): void {
    this.isSwallowing = true;
  }

  /**
   * Forgets the connections whose first bytes contain `text`, as a NAT does: they stay open and carry nothing any more. Those
   * opened from now on work. Returns how many it forgot.
   */
  forget(text: string): number {
    const links = [...this.wires].filter((wire) => !wire.isForgotten && wire.opening.includes(text));
    for (const wire of links) wire.isForgotten = true;
    return links.length;
  }

  /** Cuts every connection. Those opened from now on work again. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
    this.isSwallowing = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private connect(client: Socket): void {
    const target = connect(this.targetPort, '127.0.0.1');
    const wire: Wire = { opening: '', isForgotten: false };
    this.wires.add(wire);
    client.on('close', () => this.wires.delete(wire));
    this.carry(client, target, (chunk) => {
      if (wire.opening === '') wire.opening = chunk.toString('latin1');
      if (!wire.isForgotten) target.write(chunk);
    });
    this.carry(target, client, (chunk) => {
      if (this.isSwallowing) this.swallowedBytes += chunk.length;
      else if (!wire.isForgotten) client.write(chunk);
    });
  }

  private carry(from: Socket, to: Socket, forward: (chunk: Buffer) => void): void {
    this.sockets.add(from);
    from.setNoDelay(true);
    from.on('data', forward);
    from.on('error', () => from.destroy());
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
  }
}
