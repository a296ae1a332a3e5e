/**
 * A link while it streams: sends records as far as the window is open, takes acknowledgements, and carries the
 * committed index along. Sends are pipelined; nothing here waits for an answer.
 */
import {
  APPEND_FRAME_BYTES,
  FrameType,
  LINK_WINDOW_BYTES,
  encodeFrame,
  recordLength,
  recordPosition,
} from '@replog/contracts';
import type { AckFrame, Frame, LogPosition, Timer } from '@replog/contracts';
import { SendWindow } from '@replog/core';
import type { LinkSocket } from '@replog/platform';
import type { LinkPorts } from './link-ports.js';

export interface LinkStreamEvents {
  /** Everything up to `index` is durable on the secondary. */
  acknowledged(index: number): void;
  /** Reading the own log failed: it may be damaged. */
  failedToRead(error: unknown): void;
}

/** The committed index goes along with records; with none to send, it goes alone, this much later at most. */
const COMMIT_NOTICE_MS = 10;

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

  /** The first frame asks where the secondary stands on disk; the stream goes on from there. */
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
    }
    this.noticeCommit();
  }

  receive(frame: Frame): void {
    if (frame.type === FrameType.Ack) this.acknowledged(frame);
    else if (frame.type === FrameType.Reject) this.hangUp(`rejected (${frame.code}): ${frame.detail}`);
    else this.hangUp('a frame that does not belong into a stream');
    if (frame.type === FrameType.Reject) this.ports.node.heardEpoch(frame.promisedEpoch, 'a secondary');
  }

  confirm(): Promise<void> {
    if (this.isEnded) return Promise.reject(new Error('the link is closed'));
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

  /** The socket takes a moment to close; nothing is sent or counted in it any more. */
  private hangUp(reason: string): void {
    this.end(reason);
    this.socket.close(reason);
  }

  private maySend(): boolean {
    return !this.isEnded && this.window.isOpen && this.socket.bufferedBytes < LINK_WINDOW_BYTES;
  }

  /** A secondary that is further back than memory reaches is fed from the segments, one block at a time. */
  private async readAndSend(): Promise<void> {
    this.isReading = true;
    try {
      const block = await this.ports.store.read(this.window.sent.index + 1, { maxBytes: APPEND_FRAME_BYTES });
      if (block.length > 0) this.sendRecords(block);
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

  private sendFrame(records: Buffer): void {
    const { node } = this.ports;
    this.round += 1;
    this.committedSent = node.committed;
    const previous = this.window.sent;
    const { epoch, committed } = node;
    this.socket.send(encodeFrame({ type: FrameType.Append, epoch, round: this.round, previous, committed, records }));
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

  /** While frames with records follow each other they carry it; it goes alone when none has come for a while. */
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
