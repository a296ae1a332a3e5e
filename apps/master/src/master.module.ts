import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { NodePartsModule, PlatformModule } from '@replog/platform';
import type { NodeParts } from '@replog/platform';
import { HealthModule } from './health/health.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { OfficeModule } from './office/office.module.js';
import { RegistryModule } from './registry/registry.module.js';
import { ReplicationModule } from './replication/replication.module.js';

@Module({})
export class MasterModule {
  static forNode(parts: NodeParts): DynamicModule {
    return {
      module: MasterModule,
      imports: [
        PlatformModule.forNode(parts),
        NodePartsModule.forNode(parts),
        ReplicationModule,
        RegistryModule,
        HealthModule,
        MessagesModule,
        OfficeModule,
      ],
    };
  }
}
