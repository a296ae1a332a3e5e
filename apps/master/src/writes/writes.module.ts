import { Module } from '@nestjs/common';
import { RegistryModule } from '../registry/registry.module.js';
import { ReplicationModule } from '../replication/replication.module.js';
import { AppendController } from './append.controller.js';
import { AppendService } from './append.service.js';
import { IdempotencyService } from './idempotency.service.js';
import { InflightBodies } from './inflight-bodies.js';
import { LiveReceipts } from './live-receipt.js';
import { ReceiptService } from './receipt.service.js';
import { ReceiptsController } from './receipts.controller.js';
import { ShortPath } from './short-path/short-path.js';
import { WriteAdmission } from './write-admission.js';
import { WriteConcernController } from './write-concern.controller.js';

@Module({
  imports: [RegistryModule, ReplicationModule],
  controllers: [AppendController, ReceiptsController, WriteConcernController],
  providers: [
    AppendService,
    IdempotencyService,
    InflightBodies,
    LiveReceipts,
    ReceiptService,
    ShortPath,
    WriteAdmission,
  ],
  exports: [AppendService],
})
export class WritesModule {}
