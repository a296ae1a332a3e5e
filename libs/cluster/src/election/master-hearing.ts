/**
 * What this node hears of its master on its link, frames and heartbeats alike. Pings do not count: they go other ways, and may
 * come through where no record does.
 */
import type { Clock } from '@replog/contracts/ports.js';

export interface HearingSettings {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly electionTimeoutMs: number;
}

/** Nothing is ever heard. */
export const DEAF = { clock: { nowMs: () => 0 }, electionTimeoutMs: 0 };

export class MasterHearing {
  private last: string | null = null;
  /** When `last` was heard. */
  private heardMs: number;
  /** When the wait for a master began. */
  private sinceMs: number;

  constructor(private readonly settings: HearingSettings) {
    this.heardMs = this.sinceMs = settings.clock.nowMs();
  }

  heard(master: string): void {
    this.last = master;
    this.heardMs = this.sinceMs = this.settings.clock.nowMs();
  }

  /** Nobody is heard from now on, and the wait for a master begins. */
  begin(): void {
    this.last = null;
    this.sinceMs = this.settings.clock.nowMs();
  }

  /** The wait for this master begins. What was heard of it still counts, and finding it is no word of it on the link. */
  follow(master: string): void {
    if (this.last !== master) this.last = null;
    this.sinceMs = this.settings.clock.nowMs();
  }

  /** This process was itself stopped: what came meanwhile was not heard. */
  excuse(): void {
    this.heardMs = this.sinceMs = this.settings.clock.nowMs();
  }

  /** The master that was heard within ELECTION_TIMEOUT; `null` if there is none. */
  get master(): string | null {
    const { clock, electionTimeoutMs } = this.settings;
    return clock.nowMs() - this.heardMs < electionTimeoutMs ? this.last : null;
  }

  /** The master that was heard last. */
  get lastMaster(): string | null {
    return this.last;
  }

  get silentMs(): number {
    return this.settings.clock.nowMs() - this.sinceMs;
  }
}
