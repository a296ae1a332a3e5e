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

export class LinkEnd implements LinkSocket {
  peer: LinkEnd | null = null;
  private readonly outgoing: { frame: Buffer | null; reason: string; dueMs: number }[] = [];
  private outgoingBytes = 0;
  private isPumping = false;
  private isHangingUp = false;
  private isClosed = false;
  private isPaused = false;
  private isForgotten = false;
  private readonly early: Buffer[] = [];
  private listener: ((frame: Buffer) => void) | null = null;
  private closeListeners: ((reason: string) => void)[] = [];
  private closedBecause: string | null = null;

  constructor(
    private readonly network: Network,
    readonly host: Host,
    readonly process: Process,
    /** Sees every frame that leaves here. */
    private readonly sends: (frame: Buffer) => void,
  ) {}

  get isOver(): boolean {
    return this.isClosed;
  }

  get bufferedBytes(): number {
    return this.outgoingBytes;
  }

  send(frame: Buffer, taken?: () => void): void {
    if (this.isHangingUp || this.isClosed || this.process.isDead) return;
    this.sends(frame);
    // A wire copies: a receiver must not change the buffer of another one.
    this.push(Buffer.from(frame), '');
    taken?.();
  }

  onFrame(listener: (frame: Buffer) => void): void {
    this.listener = listener;
    for (const frame of this.early.splice(0)) listener(frame);
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
    this.push(null, reason);
    this.process.after(this.network.chance() * CLOSING_MS, () => this.closed(reason));
  }

  /** This end sees the connection as lost. What was under way to it is lost too. */
  break(reason: string): void {
    this.process.run(() => this.closed(reason));
  }

  /** From now on nothing that leaves here arrives, and nobody is told. */
  forget(): void {
    this.isForgotten = true;
  }

  private push(frame: Buffer | null, reason: string): void {
    const { scheduler, linkLagMs } = this.network;
    this.outgoing.push({ frame, reason, dueMs: scheduler.nowMs + this.network.delayMs() + linkLagMs });
    this.outgoingBytes += frame?.length ?? 0;
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
    this.outgoingBytes -= next.frame?.length ?? 0;
    const { frame, reason } = next;
    peer.process.run(() => (frame === null ? peer.closed(reason) : peer.receive(frame)));
    this.pump();
  }

  private receive(frame: Buffer): void {
    if (this.isClosed) return;
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
}
