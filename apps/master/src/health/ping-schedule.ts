import { Injectable } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { MasterTerms } from '../term/master-terms.js';

/**
 * Calls the term of the moment once a second; it knows which pings are due. A cron job goes by the clock on the wall: when
 * that steps, `cron` loses one call at most, and the pings of one second with it.
 */
@Injectable()
export class PingSchedule {
  constructor(private readonly terms: MasterTerms) {}

  @Cron(CronExpression.EVERY_SECOND)
  tick(): void {
    this.terms.current?.health.rounds.tick();
  }
}
