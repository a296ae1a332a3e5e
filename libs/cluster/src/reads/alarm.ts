/** A live tail sleeps on it and wakes when it is rung or after a while. A ring without a sleeper is not lost. */
import type { Clock } from '@replog/contracts/ports.js';

export class Alarm {
  private isRung = false;
  private wake: (() => void) | null = null;

  constructor(private readonly clock: Clock) {}

  ring(): void {
    this.isRung = true;
    this.wake?.();
  }

  /** Resolves at the next ring or after `ms`; at once if it was rung since the last call. One sleeper at a time. */
  async sleep(ms: number): Promise<void> {
    if (!this.isRung) {
      await new Promise<void>((resolve) => {
        const timer = this.clock.after(ms, resolve);
        this.wake = () => {
          timer.cancel();
          resolve();
        };
      });
      this.wake = null;
    }
    this.isRung = false;
  }
}
