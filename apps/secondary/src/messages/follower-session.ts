/**
 * The secondary's end of one link. It handles frames strictly one after the other, appends their records without waiting
 * for the disk, and acknowledges every sync.
 */
import { decodeFrame } from '@replog/contracts/decode-frame.js';
import { FrameType, encodeFrame } from '@replog/contracts/frames.js';
import type { AppendFrame, Frame, RejectCode } from '@replog/contracts/frames.js';
import type { LogPosition } from '@replog/contracts/record.js';
import { decideAppend } from '@replog/core/link/accept-append.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import { nextDelayMs } from '@replog/runtime/config/delay.js';
import type { LinkSocket } from '@replog/cluster/peers/transport.port.js';
import type { FollowerPorts } from './follower-ports.js';
import type { ForceSearch } from './force-search.js';
import { storeRecords } from './store-records.js';
import type { StorePorts } from './store-records.js';

interface Arrived {
  readonly frame: Frame;
  readonly bytes: number;
  /** Earliest time to apply it: `DELAY` after its arrival. */
  readonly dueMs: number;
}

/** The socket is paused above this many bytes of waiting frames, and resumed below the second limit. */
const PAUSE_ABOVE_BYTES = 16 * 1024 * 1024;
const RESUME_BELOW_BYTES = 4 * 1024 * 1024;

export class FollowerSession {
  private readonly queue: Arrived[] = [];
  private queuedBytes = 0;
  private isHandling = false;
  private isEnded = false;
  private isPaused = false;
  private isRejected = false;
  /** The log matches this master's history up to here; nothing above it is acknowledged. */
  private matchedIndex = 0;
  /** The master's committed index. */
  private committedThere = 0;
  private round = 0;
  private acknowledgedIndex = -1;
  private acknowledgedRound = 0;
  /** Epoch of the current or last frame. */
  private epoch = 0;
  private readonly storing: StorePorts;
  private readonly ending = new AbortController();
  private readonly stopListening: () => void;
  private handling: Promise<void> = Promise.resolve();
  /** Acknowledgements on this link are those of this incarnation. */
  private readonly incarnation: string;

  constructor(
    private readonly socket: LinkSocket,
    private readonly masterNodeId: string,
    private readonly ports: FollowerPorts,
    forces: ForceSearch,
  ) {
    this.storing = {
      node: ports.node,
      logger: ports.logger,
      metrics: ports.metrics,
      forces,
      segmentBytes: ports.config.segmentBytes,
      requireCurrent: () => this.requireCurrent(),
    };
    this.incarnation = ports.node.incarnation;
    this.stopListening = ports.node.store.onDurable(() => this.synced());
  }

  /** Resolves when no frame is being handled. */
  get finished(): Promise<void> {
    return this.handling;
  }

  begin(): void {
    if (this.isEnded) return;
    const { node } = this.ports;
    const { store } = node;
    this.socket.onClose(() => this.end('closed'));
    this.socket.onFrame((bytes) => this.arrived(bytes));
    this.socket.onHeard(() => this.masterSpoke());
    const { nodeId, clusterId, epoch, start } = node;
    const { incarnation, bootId = '', starts } = start;
    if (incarnation !== this.incarnation) return this.end('this node has a new incarnation');
    const identity = { incarnation, bootId, ...(starts === undefined ? {} : { starts }) };
    this.socket.send(
      encodeFrame({ type: FrameType.Hello, clusterId, nodeId, ...identity, votedEpoch: epoch, last: store.last }),
    );
  }

  end(reason: string): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.queue.length = 0;
    this.stopListening();
    this.ending.abort();
    this.socket.close(reason);
  }

  /** Only once it has shown its epoch: a deposed master is no master. */
  private masterSpoke(): void {
    const { node, clock } = this.ports;
    if (this.isEnded || this.isRejected || this.epoch !== node.epoch) return;
    node.masterSpoke(this.masterNodeId, clock.nowMs());
  }

  private arrived(bytes: Buffer): void {
    if (this.isEnded || this.isRejected) return;
    let frame: Frame;
    try {
      frame = decodeFrame(bytes);
    } catch (error) {
      this.end(error instanceof Error ? error.message : String(error));
      return;
    }
    const { clock, config, random } = this.ports;
    const delayMs = frame.type === FrameType.Append && frame.records.length > 0 ? nextDelayMs(config.delay, random) : 0;
    this.queue.push({ frame, bytes: bytes.length, dueMs: delayMs === 0 ? 0 : clock.nowMs() + delayMs });
    this.queuedBytes += bytes.length;
    this.holdOn();
    if (!this.isHandling) this.handling = this.handleAll();
  }

  private async handleAll(): Promise<void> {
    this.isHandling = true;
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) {
      try {
        const waitMs = next.dueMs === 0 ? 0 : next.dueMs - this.ports.clock.nowMs();
        if (waitMs > 0) await this.ports.clock.sleep(waitMs, this.ending.signal);
        if (this.isEnded) break;
        await this.handle(next.frame);
      } catch (error) {
        this.ports.logger.warn({ err: error }, 'a frame of the master could not be handled');
        if (error instanceof CorruptRecordError) this.ports.damage.report(error, 'on receipt');
        this.end(error instanceof Error ? error.message : String(error));
      }
      this.queuedBytes -= next.bytes;
      this.holdOn();
    }
    this.isHandling = false;
  }

  private async handle(frame: Frame): Promise<void> {
    if (frame.type === FrameType.Append) return this.handleAppend(frame);
    if (frame.type !== FrameType.Probe) return this.end('unexpected frame type from a master');
    const position = await this.ports.node.store.positionAt(frame.index);
    this.socket.send(encodeFrame({ type: FrameType.Position, index: frame.index, position }));
  }

  private async handleAppend(frame: AppendFrame): Promise<void> {
    const { node, votes } = this.ports;
    const { store } = node;
    const { last } = store;
    const atPrevious = frame.previous.index === last.index ? last : await store.positionAt(frame.previous.index);
    const decision = decideAppend({ votedEpoch: node.epoch, last, atPrevious }, frame);
    if (decision.kind === 'reject') return this.reject(decision.code, decision.detail);
    if (frame.epoch !== this.epoch) await votes.follow(frame.epoch, this.masterNodeId);
    this.epoch = frame.epoch;
    this.masterSpoke();
    this.requireCurrent();
    const refusal = await storeRecords(this.storing, frame, decision.previous, this.masterNodeId);
    if (refusal !== null) return this.reject(refusal.code, refusal.detail);
    this.matchedIndex = Math.max(this.matchedIndex, decision.last.index);
    this.committedThere = Math.max(this.committedThere, frame.committed);
    this.round = frame.round;
    const isDurable = store.durable.index >= this.matchedIndex;
    if (isDurable || frame.records.length === 0) this.synced();
  }

  /**
   * A frame is checked first and stored later. Meanwhile this node may have accepted a newer link or voted, and reported the
   * end of its log: after that the old master must not add records to it or cut any.
   */
  private requireCurrent(): void {
    if (this.isEnded) throw new Error('the link has ended');
    const current = this.ports.node.epoch;
    if (this.epoch < current) throw new Error(`epoch ${this.epoch} is over: this node is in epoch ${current}`);
  }

  /** Called after a sync, or when a frame needs an answer without one. */
  private synced(): void {
    if (this.isEnded || this.round === 0) return;
    const { node } = this.ports;
    if (node.incarnation !== this.incarnation) return this.end('this node has a new incarnation');
    const { store } = node;
    const index = Math.min(store.durable.index, this.matchedIndex);
    node.commit(Math.min(index, this.committedThere));
    if (index === this.acknowledgedIndex && this.round === this.acknowledgedRound) return;
    this.acknowledgedIndex = index;
    this.acknowledgedRound = this.round;
    this.socket.send(encodeFrame({ type: FrameType.Ack, epoch: this.epoch, round: this.round, index }));
  }

  /** Later frames build on the refused one, so no more frames are handled. The master hangs up on the reject. */
  private reject(code: RejectCode, detail: string): void {
    this.isRejected = true;
    this.queue.length = 0;
    const last: LogPosition = this.ports.node.store.last;
    this.ports.logger.warn(
      { code, master: this.masterNodeId },
      `a frame of ${this.masterNodeId} was refused: ${detail}`,
    );
    this.socket.send(encodeFrame({ type: FrameType.Reject, code, votedEpoch: this.ports.node.epoch, last, detail }));
  }

  private holdOn(): void {
    if (!this.isPaused && this.queuedBytes > PAUSE_ABOVE_BYTES) this.socket.pause();
    else if (this.isPaused && this.queuedBytes < RESUME_BELOW_BYTES) this.socket.resume();
    else return;
    this.isPaused = !this.isPaused;
  }
}
