import { Module } from '@nestjs/common';
import { ReplicationModule } from '../replication/replication.module.js';
import { MemberViews } from './member-views.js';
import { Registrar } from './registrar.js';
import { RegistryController } from './registry.controller.js';
import { RegistryService } from './registry.service.js';
import { RemovalService } from './removal.service.js';
import { SecondariesController } from './secondaries.controller.js';

@Module({
  imports: [ReplicationModule],
  controllers: [RegistryController, SecondariesController],
  providers: [MemberViews, Registrar, RegistryService, RemovalService],
  exports: [MemberViews, RegistryService],
})
export class RegistryModule {}
