/** What the replication classes of every role stand on, beside the platform: opened once by the node. */
import { Global, Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import { PeerController } from '../peer/peer.controller.js';
import { PeerService } from '../peer/peer-service.js';
import { ClusterController } from '../peer/cluster.controller.js';
import { DAMAGE_REPORTER } from '../reading/index.js';
import type { DamageReporter } from '../reading/index.js';
import { TRANSPORT } from '../transport/index.js';
import type { Transport } from '../transport/index.js';
import { LocalNode } from './local-node.js';
import type { NodeContext } from './node-context.js';
import { PromiseBook } from './promise-book.js';

export interface NodeParts extends NodeContext {
  readonly node: LocalNode;
  readonly transport: Transport;
  readonly promises: PromiseBook;
  readonly damage: DamageReporter;
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
      { provide: PeerService, useValue: new PeerService(parts.node, parts.promises, parts.clock) },
    ];
    return {
      module: NodePartsModule,
      controllers: [PeerController, ClusterController],
      providers: shared,
      exports: shared,
    };
  }
}
