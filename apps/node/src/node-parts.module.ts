/** What the replication classes of every role stand on, beside the platform: opened once by the node. */
import { Global, Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import { PeerController } from './api/peers/peer.controller.js';
import { PeerService } from '@replog/cluster/peers/peer.service.js';
import { ClusterController } from './api/cluster/cluster.controller.js';
import { PromotionController } from './api/cluster/promotion.controller.js';
import { OrphansModule } from './api/orphans/orphans.module.js';
import { DAMAGE_REPORTER } from '@replog/log-store/damage-reporter.port.js';
import { TRANSPORT } from '@replog/cluster/peers/transport.port.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import { VoteBook } from '@replog/cluster/votes/vote-book.js';
import { ROLE_REQUESTS } from '@replog/cluster/role/role-requests.port.js';

@Global()
@Module({})
export class NodePartsModule {
  static forNode(parts: NodeParts): DynamicModule {
    const shared: Provider[] = [
      { provide: LocalNode, useValue: parts.node },
      { provide: TRANSPORT, useValue: parts.transport },
      { provide: VoteBook, useValue: parts.votes },
      { provide: DAMAGE_REPORTER, useValue: parts.damage },
      { provide: ROLE_REQUESTS, useValue: parts.requests },
      { provide: PeerService, useValue: new PeerService(parts.node, parts.votes, parts.clock) },
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
