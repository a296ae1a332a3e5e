import { Injectable } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { PLAN_MS } from '@replog/core/health/due-pings.js';
import { MasterTerms } from '../term/master-terms.js';

/**
 * Calls the current term once a second; the term knows which pings are due. Cron jobs follow the wall clock: when it
 * steps back, `cron` waits two seconds once; a step forward has no effect. A late call is not skipped.
 */
@Injectable()
export class PingSchedule {
  constructor(private readonly terms: MasterTerms) {}

  @Cron(CronExpression.EVERY_SECOND, { name: 'pings', threshold: PLAN_MS })
  tick(): void {
    this.terms.current?.health.rounds.tick();
  }
}
