import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { ClusterController } from './cluster.controller.js';
import { PromotionController } from './promotion.controller.js';

@Module({ controllers: [ClusterController, PromotionController] })
export class ClusterModule {
  /** `role`: the module that decides about promotions. */
  static with(role: DynamicModule): DynamicModule {
    return { module: ClusterModule, imports: [role] };
  }
}
