import { Module } from '@nestjs/common';
import { RegistryModule } from '../registry/registry.module.js';
import { ReplicationModule } from '../replication/replication.module.js';
import { TransferController } from '../transfer/transfer.controller.js';
import { TransferService } from '../transfer/transfer.service.js';
import { OfficeService } from './office.service.js';

@Module({
  imports: [RegistryModule, ReplicationModule],
  controllers: [TransferController],
  providers: [TransferService, OfficeService],
  exports: [OfficeService],
})
export class OfficeModule {}
