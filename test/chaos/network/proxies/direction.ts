/** One way of one connection. Bytes that may not pass wait where they are, as they would for a route that is down. */
import type { Socket } from 'node:net';

export class Direction {
  private isBlocked = false;
  private isFull = false;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
  ) {
    from.on('data', (chunk) => this.forward(chunk));
    from.on('error', () => from.destroy());
    from.on('end', () => to.end());
    from.on('close', () => to.destroySoon());
    to.on('drain', () => {
      this.isFull = false;
      this.flow();
    });
  }

  block(isBlocked: boolean): void {
    this.isBlocked = isBlocked;
    this.flow();
  }

  forward(chunk: Buffer): void {
    this.isFull = !this.to.write(chunk);
    this.flow();
  }

  private flow(): void {
    if (this.isBlocked || this.isFull) this.from.pause();
    else this.from.resume();
  }
}
