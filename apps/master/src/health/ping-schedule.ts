import { Injectable } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { PLAN_MS } from '@replog/core/health/due-pings.js';
import { MasterTerms } from '../term/master-terms.js';

/**
 * Calls the term of the moment once a second; it knows which pings are due. A cron job goes by the clock on the wall: when
 * that steps back, `cron` waits for two seconds once; a step forward costs nothing. A call that is late is not skipped.
 */
@Injectable()
export class PingSchedule {
  constructor(private readonly terms: MasterTerms) {}

  @Cron(CronExpression.EVERY_SECOND, { name: 'pings', threshold: PLAN_MS })
  tick(): void {
    this.terms.current?.health.rounds.tick();
  }
}
