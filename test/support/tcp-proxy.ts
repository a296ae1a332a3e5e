/**
 * A wire between two nodes that a test can damage: it carries bytes both ways until it is told to swallow what comes
 * back, or to cut every connection.
 */
import { createServer, connect } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

export class TcpProxy {
  /** Bytes of answers that never arrived. */
  swallowedBytes = 0;
  private isSwallowing = false;
  private readonly sockets = new Set<Socket>();
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
    this.carry(client, target, (chunk) => target.write(chunk));
    this.carry(target, client, (chunk) => {
      if (this.isSwallowing) this.swallowedBytes += chunk.length;
      else client.write(chunk);
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
