/** The master's end of a link without a network: a test hands frames in and sees every answer as it is sent. */
import { decodeFrame } from '@replog/contracts/decode-frame.js';
import type { Frame } from '@replog/contracts/frames.js';
import type { LinkSocket } from '@replog/cluster/peers/transport.port.js';

export class FakeLink implements LinkSocket {
  readonly bufferedBytes = 0;
  readonly sent: Frame[] = [];
  closedBecause: string | null = null;
  private frameListener: (frame: Buffer) => void = () => undefined;
  private closeListener: (reason: string) => void = () => undefined;

  /** `watch` sees each answer at the very moment it is sent. */
  constructor(private readonly watch: (frame: Frame) => void) {}

  deliver(frame: Buffer): void {
    if (this.closedBecause === null) this.frameListener(frame);
  }

  send(frame: Buffer): void {
    if (this.closedBecause !== null) return;
    const decoded = decodeFrame(frame);
    this.sent.push(decoded);
    this.watch(decoded);
  }

  onFrame(listener: (frame: Buffer) => void): void {
    this.frameListener = listener;
  }

  onClose(listener: (reason: string) => void): void {
    this.closeListener = listener;
  }

  onHeard(): void {}

  pause(): void {}

  resume(): void {}

  close(reason: string): void {
    if (this.closedBecause !== null) return;
    this.closedBecause = reason;
    this.closeListener(reason);
  }
}
