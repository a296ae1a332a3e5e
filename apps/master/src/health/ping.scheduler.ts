/**
 * Pings at once when this master has entered office, which tells its members who holds it, and then every
 * `HEALTHCHECK_DELAY` seconds, on Nest's scheduler, to the end of this role. After each round one secondary has its log
 * compared with this one.
 */
import { Inject, Injectable } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { Logger } from 'pino';
import { LOGGER, NODE_CONFIG } from '@replog/runtime/tokens/injection-tokens.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { MasterTerms } from '../term/master-terms.js';

const PINGS = 'pings';

/** Nest's scheduler clears what is registered with it when the application shuts down. */
@Injectable()
export class PingScheduler {
  constructor(
    @Inject(SchedulerRegistry) private readonly schedulers: SchedulerRegistry,
    @Inject(MasterTerms) private readonly terms: MasterTerms,
    @Inject(NODE_CONFIG) private readonly config: NodeConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  start(): void {
    this.schedulers.addInterval(
      PINGS,
      setInterval(() => this.ping(), this.config.healthcheckDelayMs),
    );
    this.ping();
  }

  private ping(): void {
    const { current } = this.terms;
    if (current === null) return;
    const { pings, chains } = current.health;
    const round = pings.pingAll().then(() => chains.compareNext());
    void round.catch((error: unknown) => this.logger.error({ err: error }, 'a round of pings failed'));
  }
}
