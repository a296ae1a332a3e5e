import type { Socket } from 'node:net';

/** Aborts when the client is gone, until its request is answered. */
export class ClientSignal {
  private readonly controller = new AbortController();
  private readonly abort = (): void => this.controller.abort();

  constructor(private readonly socket: Socket | undefined) {
    if (socket?.destroyed === true) this.abort();
    else socket?.once('close', this.abort);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  end(): void {
    this.socket?.off('close', this.abort);
  }
}
