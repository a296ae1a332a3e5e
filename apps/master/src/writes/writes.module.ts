import { Module } from '@nestjs/common';
import { ReplicationModule } from '../replication/replication.module.js';
import { AppendController } from './append.controller.js';
import { ForwardedWrites } from './forwarded-writes.js';
import { ReceiptsController } from './receipts.controller.js';
import { WriteConcernController } from './write-concern.controller.js';
import { WriteService } from './write.service.js';

@Module({
  imports: [ReplicationModule],
  controllers: [AppendController, ReceiptsController, WriteConcernController],
  providers: [ForwardedWrites, WriteService],
})
export class WritesModule {}
