/** Lets the opening of a link wait for one frame at a time: it is question and answer, not a stream. */
import type { Frame } from '@replog/contracts/frames.js';

export class FrameInbox {
  private readonly frames: Frame[] = [];
  private waiter: { resolve: (frame: Frame) => void; reject: (error: Error) => void } | null = null;
  private failure: Error | null = null;

  push(frame: Frame): void {
    const { waiter } = this;
    this.waiter = null;
    if (waiter === null) this.frames.push(frame);
    else waiter.resolve(frame);
  }

  fail(error: Error): void {
    this.failure ??= error;
    this.waiter?.reject(error);
    this.waiter = null;
  }

  next(): Promise<Frame> {
    const frame = this.frames.shift();
    if (frame !== undefined) return Promise.resolve(frame);
    if (this.failure !== null) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.waiter = { resolve, reject };
    });
  }
}
