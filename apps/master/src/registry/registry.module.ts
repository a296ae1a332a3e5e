import { Module } from '@nestjs/common';
import { ReplicationModule } from '../replication/replication.module.js';
import { FailoverController } from './failover.controller.js';
import { RegistryController } from './registry.controller.js';
import { RegistryService } from './registry.service.js';
import { SecondariesController } from './secondaries.controller.js';

@Module({
  imports: [ReplicationModule],
  controllers: [RegistryController, SecondariesController, FailoverController],
  providers: [RegistryService],
  exports: [RegistryService],
})
export class RegistryModule {}
