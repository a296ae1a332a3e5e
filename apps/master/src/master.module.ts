import { Module } from '@nestjs/common';
import { HealthModule } from './health/health.module.js';
import { RegistryModule } from './registry/registry.module.js';
import { ReplicationModule } from './replication/replication.module.js';
import { OfficeModule } from './term/term.module.js';
import { WritesModule } from './writes/writes.module.js';

@Module({ imports: [ReplicationModule, RegistryModule, HealthModule, WritesModule, OfficeModule] })
export class MasterModule {}
