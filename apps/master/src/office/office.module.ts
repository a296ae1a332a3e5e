import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { RegistryModule } from '../registry/registry.module.js';
import { ReplicationModule } from '../replication/replication.module.js';
import { HandoverController } from './handover.controller.js';
import { HandoverService } from './handover.service.js';
import { EPOCH_START_INDEX, OfficeService } from './office.service.js';

@Module({})
export class OfficeModule {
  static inEpochFrom(epochStartIndex: number): DynamicModule {
    return {
      module: OfficeModule,
      imports: [RegistryModule, ReplicationModule],
      controllers: [HandoverController],
      providers: [{ provide: EPOCH_START_INDEX, useValue: epochStartIndex }, HandoverService, OfficeService],
      exports: [OfficeService],
    };
  }
}
