/** The health rounds of one term: each pings all secondaries, then compares the log of one with the master's. */
import type { Logger } from 'pino';
import type { Clock, Timer } from '@replog/contracts/ports.js';
import { duePings } from '@replog/core/health/due-pings.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { ChainComparison } from './chain-comparison.js';
import type { Pings } from './pings.js';

interface RoundPorts {
  readonly clock: Clock;
  readonly config: NodeConfig;
  readonly logger: Logger;
}

export class HealthRounds {
  private nextMs = Number.NEGATIVE_INFINITY;
  /** Rounds of this second that have not started. */
  private readonly planned = new Set<Timer>();

  constructor(
    private readonly ports: RoundPorts,
    private readonly pings: Pick<Pings, 'pingAll'>,
    private readonly chains: Pick<ChainComparison, 'compareNext'>,
  ) {}

  /** Plans the next second. Call it when the term begins, then once a second until it ends. */
  tick(): void {
    const { clock, config } = this.ports;
    const { offsetsMs, nextMs } = duePings(this.nextMs, clock.nowMs(), config.healthcheckDelayMs);
    this.nextMs = nextMs;
    for (const offsetMs of offsetsMs) {
      if (offsetMs === 0) this.run();
      else this.plan(offsetMs);
    }
  }

  end(): void {
    for (const timer of this.planned) timer.cancel();
    this.planned.clear();
  }

  private plan(offsetMs: number): void {
    const timer = this.ports.clock.after(offsetMs, () => {
      this.planned.delete(timer);
      this.run();
    });
    this.planned.add(timer);
  }

  private run(): void {
    const round = this.pings.pingAll().then(() => this.chains.compareNext());
    void round.catch((error: unknown) => this.ports.logger.error({ err: error }, 'a round of pings failed'));
  }
}
