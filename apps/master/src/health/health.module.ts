import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { ReplicationModule } from '../replication/replication.module.js';
import { PingScheduler } from './ping.scheduler.js';

/** What a master does to know how its secondaries are. Its own `/healthcheck` comes with the platform. */
@Module({
  imports: [ScheduleModule.forRoot(), ReplicationModule],
  providers: [PingScheduler],
})
export class HealthModule {}
