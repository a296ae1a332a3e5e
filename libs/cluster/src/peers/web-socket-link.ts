/**
 * A link over `ws`, for both ends. Each end pings the other: a connection can be open and dead, when something on its way
 * has forgotten it and drops what it carries, while new connections work and every other call is answered.
 */
import type { WebSocket } from 'ws';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { LinkSocket } from './transport.port.js';

const NORMAL_CLOSURE = 1000;
const MAX_REASON_BYTES = 123;
/** Time for the close reason to reach the peer. */
const CLOSING_MS = 500;

export type HeartbeatSettings = Pick<
  NodeConfig,
  'heartbeatMs' | 'healthcheckDelayMs' | 'healthcheckTimeoutMs' | 'healthcheckFailures'
>;

export class WebSocketLink implements LinkSocket {
  private closedBecause: string | null = null;
  /** Heartbeats sent since the peer was last heard. */
  private unanswered = 0;
  /**
   * Frames that arrive before there is a listener: the first one may be in the same packet as the end of the handshake.
   */
  private readonly early: Buffer[] = [];
  private listener: (frame: Buffer) => void = (frame) => this.early.push(frame);
  private heard: () => void = () => undefined;

  constructor(
    private readonly socket: WebSocket,
    private readonly settings: HeartbeatSettings,
  ) {
    socket.binaryType = 'nodebuffer';
    socket.on('error', (error) => (this.closedBecause ??= error.message));
    socket.on('message', (data) => {
      this.peerSpoke();
      this.listener(data as Buffer);
    });
    socket.on('ping', () => this.peerSpoke());
    socket.on('pong', () => this.peerSpoke());
    const heartbeat = setInterval(() => this.beat(), settings.heartbeatMs).unref();
    socket.once('close', () => clearInterval(heartbeat));
  }

  get bufferedBytes(): number {
    return this.socket.bufferedAmount;
  }

  send(frame: Buffer, taken?: () => void): void {
    // A frame for a link that is closing is lost, like a frame lost on the network. `onClose` tells the owner.
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.socket.send(frame, { binary: true, compress: false }, taken && ((error) => (error ? undefined : taken())));
  }

  onFrame(listener: (frame: Buffer) => void): void {
    this.listener = listener;
    for (const frame of this.early.splice(0)) listener(frame);
  }

  onHeard(listener: () => void): void {
    this.heard = listener;
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

  private peerSpoke(): void {
    this.unanswered = 0;
    this.heard();
  }

  /**
   * As long as pings of nodes take at their slowest to find a frozen node, so that it is found by those, which say more. Beats
   * are counted, not time: a process that was itself frozen has sent none.
   */
  private get silenceMs(): number {
    const { healthcheckDelayMs, healthcheckTimeoutMs, healthcheckFailures } = this.settings;
    return (healthcheckDelayMs + healthcheckTimeoutMs) * healthcheckFailures;
  }

  private beat(): void {
    const { socket, unanswered, silenceMs } = this;
    if (socket.readyState !== socket.OPEN) return;
    const silentMs = unanswered * this.settings.heartbeatMs;
    // What this end has not read yet may be a word of the peer.
    if (socket.isPaused) this.peerSpoke();
    else if (silentMs >= silenceMs) {
      this.closedBecause ??= `the link is open and dead: nothing came for ${silentMs / 1000} s`;
      socket.terminate();
      return;
    }
    this.unanswered += 1;
    socket.ping();
  }

  close(reason: string): void {
    this.closedBecause ??= reason;
    this.socket.close(NORMAL_CLOSURE, asCloseReason(reason));
    // A frozen peer never completes the closing handshake, so the socket is destroyed after a short time.
    const terminate = setTimeout(() => this.socket.terminate(), CLOSING_MS);
    this.socket.once('close', () => clearTimeout(terminate));
  }
}

/** A close frame carries at most 123 bytes of reason; `ws` throws on more. */
function asCloseReason(reason: string): string {
  return reason.replace(/[^\x20-\x7e]/g, '?').slice(0, MAX_REASON_BYTES);
}
