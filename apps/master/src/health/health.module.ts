import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { ReplicationModule } from '../replication/replication.module.js';
import { PingSchedule } from './ping-schedule.js';

/** The health of the secondaries, as their master sees it. A node's own `/healthcheck` is in apps/node. */
@Module({ imports: [ScheduleModule.forRoot(), ReplicationModule], providers: [PingSchedule] })
export class HealthModule {}
