import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { RegistryModule } from '../registry/registry.module.js';
import { ReplicationModule } from '../replication/replication.module.js';
import { ChainComparison } from './chain-comparison.js';
import { PingScheduler } from './ping.scheduler.js';
import { PingService } from './ping.service.js';

/** What a master does to know how its secondaries are. Its own `/healthcheck` comes with the platform. */
@Module({
  imports: [ScheduleModule.forRoot(), RegistryModule, ReplicationModule],
  providers: [ChainComparison, PingService, PingScheduler],
  exports: [PingService],
})
export class HealthModule {}
