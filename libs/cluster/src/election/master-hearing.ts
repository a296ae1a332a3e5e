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
  private atMs: number;

  constructor(private readonly settings: HearingSettings) {
    this.atMs = settings.clock.nowMs();
  }

  heard(master: string): void {
    this.last = master;
    this.atMs = this.settings.clock.nowMs();
  }

  /** Nobody is heard from now on, and the wait for a master begins. */
  begin(): void {
    this.last = null;
    this.atMs = this.settings.clock.nowMs();
  }

  /** This process was itself stopped: what came meanwhile was not heard. */
  excuse(): void {
    this.atMs = this.settings.clock.nowMs();
  }

  /** The master that was heard within ELECTION_TIMEOUT; `null` if there is none. */
  get master(): string | null {
    return this.silentMs < this.settings.electionTimeoutMs ? this.last : null;
  }

  /** The master that was heard last. */
  get lastMaster(): string | null {
    return this.last;
  }

  get silentMs(): number {
    return this.settings.clock.nowMs() - this.atMs;
  }
}
