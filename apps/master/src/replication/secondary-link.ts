/**
 * The master's end of the link to one secondary: one loop that is woken when there is something to send. It connects,
 * finds the last record both logs share, and sends everything after it. Catching up is the same from further back.
 *
 * It runs from `start` to `stop`. `suspend` hangs up until `resume`: nothing is sent to an UNREACHABLE node.
 */
import { decodeFrame } from '@replog/contracts/decode-frame.js';
import { FrameType } from '@replog/contracts/frames.js';
import type { HelloFrame } from '@replog/contracts/frames.js';
import type { Timer } from '@replog/contracts/ports.js';
import { backoffMs } from '@replog/core/link/backoff.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import type { LinkSocket } from '@replog/cluster/peers/transport.port.js';
import { findCommonPosition } from './find-common-position.js';
import { FrameInbox } from './frame-inbox.js';
import type { LinkPorts } from './link-ports.js';
import { LinkStream } from './link-stream.js';
import type { LinkStreamEvents } from './link-stream.js';

export type LinkState = 'connecting' | 'probing' | 'streaming' | 'backing off' | 'suspended';

export interface LinkPeer {
  readonly nodeId: string;
  readonly incarnation: string;
  url: string;
}

export interface LinkEvents extends Omit<LinkStreamEvents, 'rejected'> {
  /** The link ended for `reason`. Not called when its owner ended it. */
  lost(reason: string): void;
  /** The link is being opened. The result judges what the node says of itself: why nothing may be sent to it, or `null`. */
  opening(): (hello: HelloFrame) => Promise<string | null>;
}

/** Time limit for opening a link; a frozen node accepts connections and never answers. */
const OPENING_MS = 5_000;
const BACKOFF = { firstMs: 50, maxMs: 5_000 };
const NOT_YET = 'nothing acknowledged yet';

export class SecondaryLink {
  private current: LinkState = 'connecting';
  private isStopped = false;
  private isSuspended = false;
  /** Tries since the secondary last made progress. */
  private attempt = 0;
  private socket: LinkSocket | null = null;
  private stream: LinkStream | null = null;
  private lastHeardMs = Number.NEGATIVE_INFINITY;
  private whyNothingIsDurable: string | null = NOT_YET;
  /** Ends the attempt to open a link: a host that is gone does not answer for seconds. */
  private opening = new AbortController();
  /** Ends the current pause of the loop. */
  private pause = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    readonly peer: LinkPeer,
    private readonly ports: LinkPorts,
    private readonly events: LinkEvents,
  ) {}

  get state(): LinkState {
    return this.current;
  }

  /** When the secondary was heard last on a link. */
  get heardMs(): number {
    return this.lastHeardMs;
  }

  /** Why nothing sent on it becomes durable on the secondary; `null` once something has since it was last lost. */
  get obstacle(): string | null {
    return this.whyNothingIsDurable;
  }

  /** A secondary with a full disk takes a connection too, and then refuses every record. */
  get isAcknowledging(): boolean {
    return this.stream !== null && this.obstacle === null;
  }

  /** The oldest record that is sent and not acknowledged; `null` if there is none. */
  get awaited(): number | null {
    return this.stream?.awaited ?? null;
  }

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.hangUp('the link is being closed');
    this.pause.abort();
    await this.running;
  }

  /** Called when there are records or a new committed index to send. */
  wake(): void {
    this.stream?.pump();
  }

  /** Connects again, which finds the last common record again. */
  reopen(reason: string): void {
    this.hangUp(reason);
  }

  suspend(reason: string): void {
    this.isSuspended = true;
    this.hangUp(reason);
    this.pause.abort();
  }

  /** The node answers again: connect without further delay. */
  resume(): void {
    if (this.current === 'streaming') return;
    this.isSuspended = false;
    this.attempt = 0;
    this.pause.abort();
  }

  /** The node has found its way here, so it can be reached: an attempt that hangs is begun anew. */
  registered(): void {
    if (this.current === 'connecting') this.opening.abort();
    this.resume();
  }

  /** Resolves once the secondary has confirmed, after this call, that it still follows this master. */
  confirm(): Promise<void> {
    return this.stream?.confirm() ?? Promise.reject(new Error(`the link is ${this.current}`));
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      if (this.isSuspended) await this.rest('suspended', Number.POSITIVE_INFINITY);
      else await this.converse();
    }
  }

  private async converse(): Promise<void> {
    let reason = 'closed';
    try {
      this.current = 'connecting';
      const judge = this.events.opening();
      this.opening = new AbortController();
      const { signal } = this.opening;
      const socket = await this.ports.transport.openLink(this.peer.url, { timeoutMs: OPENING_MS, signal });
      reason = await this.talk(socket, judge);
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    this.stream = null;
    this.socket = null;
    if (this.isStopped || this.isSuspended) return;
    this.whyNothingIsDurable = `nothing acknowledged since: ${reason}`;
    this.events.lost(reason);
    await this.rest('backing off', backoffMs(this.attempt, BACKOFF, this.ports.random.next()));
    this.attempt += 1;
  }

  /** Runs until the socket closes. Resolves with the reason. */
  private async talk(socket: LinkSocket, judge: ReturnType<LinkEvents['opening']>): Promise<string> {
    const inbox = new FrameInbox();
    const closed = new Promise<string>((resolve) => socket.onClose(resolve));
    void closed.then((reason) => inbox.fail(new Error(reason)));
    socket.onFrame((bytes) => this.receive(bytes, inbox));
    this.socket = socket;
    if (this.isStopped || this.isSuspended) this.hangUp('no longer wanted');
    const opening = this.ports.clock.after(OPENING_MS, () => this.hangUp(`not open within ${OPENING_MS} ms`));
    try {
      const hello = await this.greeted(inbox);
      const refusal = await judge(hello);
      if (refusal !== null) throw new Error(refusal);
      await this.open(socket, inbox, hello, opening);
    } catch (error) {
      opening.cancel();
      if (error instanceof CorruptRecordError) this.events.failedToRead(error);
      socket.close(error instanceof Error ? error.message : 'failed');
      throw error;
    }
    return closed;
  }

  private async greeted(inbox: FrameInbox): Promise<HelloFrame> {
    const hello = await inbox.next();
    if (hello.type !== FrameType.Hello) throw new Error('the first frame is not a hello');
    this.check(hello);
    return hello;
  }

  private async open(socket: LinkSocket, inbox: FrameInbox, hello: HelloFrame, opening: Timer): Promise<void> {
    this.current = 'probing';
    const { clock } = this.ports;
    socket.onHeard(() => (this.lastHeardMs = clock.nowMs()));
    const common = await findCommonPosition(this.ports.store, hello.last, socket, inbox);
    opening.cancel();
    const acknowledged = (index: number): void => {
      this.noteProgress(index, common.index);
      this.events.acknowledged(index);
    };
    const rejected = (votedEpoch: number): void => this.ports.node.heardEpoch(votedEpoch, this.peer);
    this.stream = new LinkStream(socket, common, this.ports, { ...this.events, acknowledged, rejected });
    this.current = 'streaming';
    this.stream.begin();
  }

  /** A link that opens and is refused again makes no progress: the pause between tries keeps growing. */
  private noteProgress(acknowledged: number, common: number): void {
    if (acknowledged <= common && acknowledged < this.ports.store.last.index) return;
    this.attempt = 0;
    this.whyNothingIsDurable = null;
  }

  private check(hello: HelloFrame): void {
    const { node } = this.ports;
    if (hello.clusterId !== null && hello.clusterId !== node.clusterId) {
      throw new Error(`${hello.nodeId} belongs to another cluster (${hello.clusterId})`);
    }
    if (hello.nodeId !== this.peer.nodeId || hello.incarnation !== this.peer.incarnation) {
      throw new Error(`${this.peer.url} is another node now: ${hello.nodeId}, incarnation ${hello.incarnation}`);
    }
    if (hello.votedEpoch > node.epoch) {
      node.heardEpoch(hello.votedEpoch, this.peer);
      throw new Error(`${hello.nodeId} is in the higher epoch ${hello.votedEpoch}`);
    }
  }

  private receive(bytes: Buffer, inbox: FrameInbox): void {
    try {
      const frame = decodeFrame(bytes);
      if (this.stream === null) inbox.push(frame);
      else this.stream.receive(frame);
    } catch (error) {
      this.hangUp(`invalid frame: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private hangUp(reason: string): void {
    this.opening.abort();
    this.stream?.end(reason);
    this.stream = null;
    this.socket?.close(reason);
    this.socket = null;
  }

  private async rest(state: LinkState, ms: number): Promise<void> {
    this.current = state;
    this.pause = new AbortController();
    if (this.isStopped || (state === 'suspended') !== this.isSuspended) return;
    await this.ports.clock.sleep(Math.min(ms, 2 ** 31 - 1), this.pause.signal);
  }
}
