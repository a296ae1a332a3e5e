import { Module } from '@nestjs/common';
import { RegistryModule } from '../registry/registry.module.js';
import { ReplicationModule } from '../replication/replication.module.js';
import { HandoverController } from '../transfer/transfer.controller.js';
import { HandoverService } from '../transfer/transfer.service.js';
import { OfficeService } from './office.service.js';

@Module({
  imports: [RegistryModule, ReplicationModule],
  controllers: [HandoverController],
  providers: [HandoverService, OfficeService],
  exports: [OfficeService],
})
export class OfficeModule {}
