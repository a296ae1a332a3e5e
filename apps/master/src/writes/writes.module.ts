import { Module } from '@nestjs/common';
import { ReplicationModule } from '../replication/replication.module.js';
import { AppendController } from './append.controller.js';
import { InflightBodies } from './inflight-bodies.js';
import { ReceiptsController } from './receipts.controller.js';
import { ShortPath } from './short-path/short-path.js';
import { WriteConcernController } from './write-concern.controller.js';

@Module({
  imports: [ReplicationModule],
  controllers: [AppendController, ReceiptsController, WriteConcernController],
  providers: [InflightBodies, ShortPath],
})
export class WritesModule {}
