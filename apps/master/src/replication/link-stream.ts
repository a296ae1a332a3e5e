/**
 * A streaming link: sends records as far as the window allows, takes acknowledgements, and carries the committed
 * index along. Sends are pipelined; nothing here waits for an answer.
 */
import { APPEND_HEADER_BYTES, FrameType } from '@replog/contracts/frames.js';
import { APPEND_FRAME_BYTES, LINK_WINDOW_BYTES } from '@replog/contracts/limits.js';
import { recordLength, recordPosition } from '@replog/contracts/record.js';
import type { AckFrame, Frame } from '@replog/contracts/frames.js';
import type { Timer } from '@replog/contracts/ports.js';
import type { LogPosition } from '@replog/contracts/record.js';
import { SendWindow } from '@replog/core/link/send-window.js';
import { READ_LEAD_BYTES } from '@replog/log-store/log-store.port.js';
import type { LinkSocket } from '@replog/cluster/peers/transport.port.js';
import type { AppendFields, NumberedFrame } from './append-frames.js';
import type { LinkPorts } from './link-ports.js';

export interface LinkStreamEvents {
  /** Everything up to `index` is durable on the secondary. */
  acknowledged(index: number): void;
  /** The secondary refused a frame; it is in `votedEpoch`. */
  rejected(votedEpoch: number): void;
  /** Reading this node's log failed: it may be damaged. */
  failedToRead(error: unknown): void;
}

/** The committed index travels with records; without records, it is sent alone after this time at most. */
const COMMIT_NOTICE_MS = 10;

/** Most linearizable reads that wait for one secondary at one time. One that answers nothing would gather them without end. */
const MAX_CONFIRMATIONS = 4_096;

const FRAME_MEMORY_BYTES = APPEND_HEADER_BYTES + APPEND_FRAME_BYTES + READ_LEAD_BYTES;

interface Confirmation {
  readonly round: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class LinkStream {
  private readonly window: SendWindow;
  /** Number of the last frame sent. */
  private round = 0;
  private committedSent = 0;
  private isReading = false;
  private isEnded = false;
  private notice: Timer | null = null;
  /** Reused buffers for records read from segments; empty while the secondary keeps up. */
  private spare: Buffer[] = [];
  private confirmations: Confirmation[] = [];

  constructor(
    private readonly socket: LinkSocket,
    common: LogPosition,
    private readonly ports: LinkPorts,
    private readonly events: LinkStreamEvents,
  ) {
    this.window = new SendWindow(common, LINK_WINDOW_BYTES);
    socket.onClose((reason) => this.end(reason));
  }

  /** See `SendWindow`. */
  get awaited(): number | null {
    return this.window.awaited;
  }

  /** The first frame asks for the last durable index of the secondary; the stream continues from there. */
  begin(): void {
    this.sendFrame(Buffer.alloc(0));
    this.pump();
  }

  pump(): void {
    if (this.isReading || this.isEnded) return;
    const { store } = this.ports;
    while (this.maySend() && this.window.sent.index < store.last.index) {
      const block = store.readRecent(this.window.sent.index + 1, { maxBytes: APPEND_FRAME_BYTES });
      if (block === null) {
        void this.readAndSend();
        return;
      }
      this.sendRecords(block);
      this.spare = [];
    }
    this.noticeCommit();
  }

  receive(frame: Frame): void {
    if (frame.type === FrameType.Ack) this.acknowledged(frame);
    else if (frame.type === FrameType.Reject) this.hangUp(`rejected (${frame.code}): ${frame.detail}`);
    else this.hangUp('unexpected frame type in a stream');
    if (frame.type === FrameType.Reject) this.events.rejected(frame.votedEpoch);
  }

  confirm(): Promise<void> {
    if (this.isEnded) return Promise.reject(new Error('the link is closed'));
    if (this.confirmations.length >= MAX_CONFIRMATIONS) {
      return Promise.reject(new Error(`${MAX_CONFIRMATIONS} questions are not answered yet`));
    }
    return new Promise((resolve, reject) => {
      this.sendFrame(Buffer.alloc(0));
      this.confirmations.push({ round: this.round, resolve, reject });
    });
  }

  end(reason: string): void {
    this.isEnded = true;
    this.notice?.cancel();
    for (const confirmation of this.confirmations.splice(0)) confirmation.reject(new Error(reason));
  }

  /** The socket takes a moment to close; nothing more is sent on it or counted from it. */
  private hangUp(reason: string): void {
    this.end(reason);
    this.socket.close(reason);
  }

  private maySend(): boolean {
    return !this.isEnded && this.window.isOpen && this.socket.bufferedBytes < LINK_WINDOW_BYTES;
  }

  /** A secondary behind the records in memory is fed from the segments, one block at a time. */
  private async readAndSend(): Promise<void> {
    this.isReading = true;
    try {
      const memory = this.spare.pop() ?? Buffer.allocUnsafeSlow(FRAME_MEMORY_BYTES);
      const range = { maxBytes: APPEND_FRAME_BYTES, memory: memory.subarray(APPEND_HEADER_BYTES) };
      const block = await this.ports.store.read(this.window.sent.index + 1, range);
      if (block.buffer === memory.buffer) this.sendInPlace(block, memory);
      else if (block.length > 0) this.sendRecords(block);
    } catch (error) {
      this.events.failedToRead(error);
      this.hangUp(error instanceof Error ? error.message : 'the log cannot be read');
    } finally {
      this.isReading = false;
    }
    this.pump();
  }

  private sendRecords(block: Buffer): void {
    if (this.isEnded) return;
    this.sendFrame(block);
    this.window.hasSent(lastPositionIn(block), block.length);
  }

  /** Catching up can take gigabytes: the blocks are not copied, and their memory is reused to spare the garbage collector. */
  private sendInPlace(block: Buffer, memory: Buffer): void {
    if (this.isEnded) return;
    const last = lastPositionIn(block);
    const frame = this.ports.frames.frameInPlace(this.fieldsWith(block));
    this.send(frame, () => this.spare.push(memory));
    this.window.hasSent(last, block.length);
  }

  private sendFrame(records: Buffer): void {
    this.send(this.ports.frames.frame(this.fieldsWith(records), this.round));
  }

  private fieldsWith(records: Buffer): AppendFields {
    const { epoch, committed } = this.ports.node;
    return { epoch, previous: this.window.sent, committed, records };
  }

  private send({ round, bytes }: NumberedFrame, taken?: () => void): void {
    this.round = round;
    this.committedSent = this.ports.node.committed;
    this.socket.send(bytes, taken);
  }

  private acknowledged(ack: AckFrame): void {
    if (this.isEnded || ack.epoch !== this.ports.node.epoch) return;
    this.window.acknowledged(ack.index);
    this.events.acknowledged(ack.index);
    if (this.confirmations.length > 0) this.settleConfirmations(ack.round);
    this.pump();
  }

  private settleConfirmations(round: number): void {
    const open = this.confirmations.filter((confirmation) => confirmation.round > round);
    const settled = this.confirmations.filter((confirmation) => confirmation.round <= round);
    this.confirmations = open;
    for (const confirmation of settled) confirmation.resolve();
  }

  /** Frames with records carry the committed index; it is sent alone only after a pause. */
  private noticeCommit(): void {
    if (this.notice !== null || this.isEnded || this.committedSent >= this.ports.node.committed) return;
    const { round } = this;
    this.notice = this.ports.clock.after(COMMIT_NOTICE_MS, () => {
      this.notice = null;
      if (this.round !== round) this.noticeCommit();
      else if (!this.isEnded && this.committedSent < this.ports.node.committed) this.sendFrame(Buffer.alloc(0));
    });
  }
}

function lastPositionIn(block: Buffer): LogPosition {
  let at = 0;
  for (let next = recordLength(block, 0); next < block.length; next += recordLength(block, next)) at = next;
  return recordPosition(block, at);
}
