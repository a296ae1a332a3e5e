import { Module } from '@nestjs/common';
import { ReplicationModule } from '../replication/replication.module.js';
import { TransferController } from './transfer.controller.js';

@Module({ imports: [ReplicationModule], controllers: [TransferController] })
export class TransferModule {}
