/** A link over `ws`, on either end. */
import type { WebSocket } from 'ws';
import type { LinkSocket } from './transport.port.js';

const NORMAL_CLOSURE = 1000;
const MAX_REASON_BYTES = 123;
/** How long the reason may take to reach the peer. */
const CLOSING_MS = 500;

export class WebSocketLink implements LinkSocket {
  private closedBecause: string | null = null;
  /** Frames that came before anybody listened: the first may be in one packet with the end of the handshake. */
  private readonly early: Buffer[] = [];
  private listener: (frame: Buffer) => void = (frame) => this.early.push(frame);

  constructor(private readonly socket: WebSocket) {
    socket.binaryType = 'nodebuffer';
    socket.on('error', (error) => (this.closedBecause ??= error.message));
    socket.on('message', (data) => this.listener(data as Buffer));
  }

  get bufferedBytes(): number {
    return this.socket.bufferedAmount;
  }

  send(frame: Buffer, taken?: () => void): void {
    // A frame for a link that is going down is lost like one on the wire; `onClose` tells the owner.
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.socket.send(frame, { binary: true, compress: false }, taken && ((error) => (error ? undefined : taken())));
  }

  onFrame(listener: (frame: Buffer) => void): void {
    this.listener = listener;
    for (const frame of this.early.splice(0)) listener(frame);
  }

  onClose(listener: (reason: string) => void): void {
    this.socket.once('close', (code, reason) => {
      listener(this.closedBecause ?? (reason.length > 0 ? reason.toString() : `closed with code ${code}`));
    });
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  close(reason: string): void {
    this.closedBecause ??= reason;
    this.socket.close(NORMAL_CLOSURE, asCloseReason(reason));
    // A peer that is frozen never completes the closing handshake: the socket must not outlive the decision by long.
    const terminate = setTimeout(() => this.socket.terminate(), CLOSING_MS);
    this.socket.once('close', () => clearTimeout(terminate));
  }
}

/** A close frame carries 123 bytes of reason, and `ws` throws on more. */
function asCloseReason(reason: string): string {
  return reason.replace(/[^\x20-\x7e]/g, '?').slice(0, MAX_REASON_BYTES);
}
