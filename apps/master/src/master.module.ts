import { Module } from '@nestjs/common';
import { HealthModule } from './health/health.module.js';
import { RegistryModule } from './registry/registry.module.js';
import { ReplicationModule } from './replication/replication.module.js';
import { TransferModule } from './transfer/transfer.module.js';
import { WritesModule } from './writes/writes.module.js';

@Module({ imports: [ReplicationModule, RegistryModule, HealthModule, WritesModule, TransferModule] })
export class MasterModule {}
