/**
 * The simulated link. Frames of one direction stay in order and arrive once. The link can end between any two of them,
 * and its two ends may notice that at different times.
 */
import type { LinkSocket } from '@replog/cluster/peers/transport.port.js';
import type { Host, Network } from './network.js';
import type { Process } from './process.js';

const RETRY_MS = 20;
/** How long a closing end may still receive. */
const CLOSING_MS = 500;
const HEARTBEAT_TAKES_MS = 1;

type Parcel = { readonly dueMs: number } & (
  | { readonly kind: 'frame'; readonly frame: Buffer }
  | { readonly kind: 'close'; readonly reason: string }
  | { readonly kind: 'heartbeat' }
);

export interface LinkWatch {
  /** A frame leaves this end. */
  sends(end: LinkEnd, frame: Buffer): void;
  /** A frame arrives at this end, or a heartbeat: `null`. */
  arrives(end: LinkEnd, frame: Buffer | null): void;
}

export class LinkEnd implements LinkSocket {
  peer: LinkEnd | null = null;
  private readonly outgoing: Parcel[] = [];
  private outgoingBytes = 0;
  private isPumping = false;
  private isHangingUp = false;
  private isClosed = false;
  private isPaused = false;
  private isForgotten = false;
  private readonly early: Buffer[] = [];
  private listener: ((frame: Buffer) => void) | null = null;
  private heard: () => void = () => undefined;
  private closeListeners: ((reason: string) => void)[] = [];
  private closedBecause: string | null = null;

  constructor(
    private readonly network: Network,
    readonly host: Host,
    readonly process: Process,
    private readonly watch: LinkWatch,
    private readonly heartbeatMs: number,
  ) {}

  get isOver(): boolean {
    return this.isClosed;
  }

  /** It was told to close, and may still receive. */
  get isLeaving(): boolean {
    return this.isHangingUp || this.isClosed;
  }

  get bufferedBytes(): number {
    return this.outgoingBytes;
  }

  send(frame: Buffer, taken?: () => void): void {
    if (this.isHangingUp || this.isClosed || this.process.isDead) return;
    this.watch.sends(this, frame);
    // A wire copies: a receiver must not change the buffer of another one.
    this.push({ kind: 'frame', frame: Buffer.from(frame), dueMs: this.arrivalMs });
    taken?.();
  }

  onFrame(listener: (frame: Buffer) => void): void {
    this.listener = listener;
    for (const frame of this.early.splice(0)) listener(frame);
  }

  onHeard(listener: () => void): void {
    this.heard = listener;
  }

  /** Call it once the two ends are connected. */
  beat(): void {
    if (this.isHangingUp || this.isClosed || this.process.isDead) return;
    if (this.isPaused) this.heard();
    // In order behind the frames, and without chance: a run draws the same with other heartbeats.
    const { nowMs } = this.network.scheduler;
    this.push({ kind: 'heartbeat', dueMs: nowMs + HEARTBEAT_TAKES_MS + this.network.linkLagMs });
    this.process.after(this.heartbeatMs, () => this.beat());
  }

  onClose(listener: (reason: string) => void): void {
    const { closedBecause } = this;
    if (closedBecause === null) this.closeListeners.push(listener);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  close(reason: string): void {
    if (this.isHangingUp || this.isClosed || this.process.isDead) return;
    this.isHangingUp = true;
    this.push({ kind: 'close', reason, dueMs: this.arrivalMs });
    this.process.after(this.network.chance() * CLOSING_MS, () => this.closed(reason));
  }

  /** This end sees the connection as lost. What was under way to it is lost too. */
  break(reason: string): void {
    this.process.run(() => this.closed(reason));
  }

  /** The process here has ended: the other end finds out. */
  fallsSilent(withinMs: number): void {
    this.network.scheduler.after(this.network.chance() * withinMs, () => this.peer?.break('ECONNRESET'));
  }

  /** From now on nothing that leaves here arrives, and nobody is told. */
  forget(): void {
    this.isForgotten = true;
  }

  private get arrivalMs(): number {
    const { scheduler, linkLagMs } = this.network;
    return scheduler.nowMs + this.network.delayMs() + linkLagMs;
  }

  private push(parcel: Parcel): void {
    this.outgoing.push(parcel);
    this.outgoingBytes += bytesOf(parcel);
    if (!this.isPumping) this.pump();
  }

  private pump(retryMs = 0): void {
    const next = this.outgoing[0];
    this.isPumping = next !== undefined;
    if (next === undefined) return;
    const waitMs = Math.max(retryMs, next.dueMs - this.network.scheduler.nowMs);
    this.network.scheduler.after(waitMs, () => this.deliver());
  }

  private deliver(): void {
    const { peer } = this;
    if (peer === null || peer.isClosed || peer.process.isDead || this.isForgotten) {
      this.outgoing.length = 0;
      this.isPumping = false;
      return;
    }
    if (!this.network.isOpen(this.host.name, peer.host.name) || peer.isPaused) {
      this.pump(RETRY_MS);
      return;
    }
    const next = this.outgoing.shift();
    if (next === undefined) return;
    this.outgoingBytes -= bytesOf(next);
    peer.process.run(() => peer.take(next));
    this.pump();
  }

  private take(parcel: Parcel): void {
    if (this.isClosed) return;
    if (parcel.kind !== 'close') this.watch.arrives(this, parcel.kind === 'frame' ? parcel.frame : null);
    // As with a WebSocket: its end is no word of the peer.
    if (parcel.kind === 'close') return this.closed(parcel.reason);
    this.heard();
    if (parcel.kind === 'frame') this.receive(parcel.frame);
  }

  private receive(frame: Buffer): void {
    if (this.listener === null) this.early.push(frame);
    else this.listener(frame);
  }

  private closed(reason: string): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.closedBecause = reason;
    for (const listener of this.closeListeners.splice(0)) listener(reason);
  }
}

/** Two ends of one link. */
export function connect(one: LinkEnd, other: LinkEnd): void {
  one.peer = other;
  other.peer = one;
  for (const end of [one, other]) end.process.run(() => end.beat());
}

function bytesOf(parcel: Parcel): number {
  return parcel.kind === 'frame' ? parcel.frame.length : 0;
}
