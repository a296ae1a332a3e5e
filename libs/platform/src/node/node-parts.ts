/** What the replication classes of every role stand on, beside the platform: opened once by the node. */
import { Global, Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import { PeerController } from '../peer/peer.controller.js';
import { PeerService } from '../peer/peer-service.js';
import { ClusterController } from '../peer/cluster.controller.js';
import { PromotionController } from '../peer/promotion.controller.js';
import { OrphansModule } from '../orphans/orphans.module.js';
import { DAMAGE_REPORTER } from '../reading/index.js';
import type { DamageReporter } from '../reading/index.js';
import { TRANSPORT } from '../transport/index.js';
import type { Transport } from '../transport/index.js';
import { LocalNode } from './local-node.js';
import type { NodeContext } from './node-context.js';
import { PromiseBook } from './promise-book.js';
import { PROMOTION } from './promotion.port.js';
import type { Promotion } from './promotion.port.js';

export interface NodeParts extends NodeContext {
  readonly node: LocalNode;
  readonly transport: Transport;
  readonly promises: PromiseBook;
  readonly damage: DamageReporter;
  readonly promotion: Promotion;
}

@Global()
@Module({})
export class NodePartsModule {
  static forNode(parts: NodeParts): DynamicModule {
    const shared: Provider[] = [
      { provide: LocalNode, useValue: parts.node },
      { provide: TRANSPORT, useValue: parts.transport },
      { provide: PromiseBook, useValue: parts.promises },
      { provide: DAMAGE_REPORTER, useValue: parts.damage },
      { provide: PROMOTION, useValue: parts.promotion },
      { provide: PeerService, useValue: new PeerService(parts.node, parts.promises, parts.clock) },
    ];
    return {
      module: NodePartsModule,
      imports: [OrphansModule],
      controllers: [PeerController, ClusterController, PromotionController],
      providers: shared,
      exports: shared,
    };
  }
}
