import type { DynamicModule, Provider } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { IdentityService } from '@replog/cluster/identity/identity.service.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { NODE_PARTS } from '@replog/cluster/node/node-parts.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import { PeerService } from '@replog/cluster/peers/peer.service.js';
import { TRANSPORT } from '@replog/cluster/peers/transport.port.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import { VoteBook } from '@replog/cluster/votes/vote-book.js';
import { DAMAGE_REPORTER } from '@replog/log-store/damage-reporter.port.js';
import type { OpenedNode } from '../host/open-node.js';
import { ContextModule } from './context.module.js';

/** Global: what a node opens for the lifetime of its process. */
@Module({})
export class OpenedModule {
  static of(opened: OpenedNode): DynamicModule {
    const { context, node, votes, damageRelay } = opened;
    const shared: Provider[] = [
      { provide: LocalNode, useValue: node },
      { provide: VoteBook, useValue: votes },
      { provide: DAMAGE_REPORTER, useValue: damageRelay },
      {
        provide: IdentityService,
        inject: [TRANSPORT],
        useFactory: (transport: Transport) => new IdentityService({ ...context, node, transport }),
      },
      {
        provide: PeerService,
        inject: [IdentityService],
        useFactory: (identity: IdentityService) => new PeerService(node, votes, context.clock, identity),
      },
      {
        provide: NODE_PARTS,
        inject: [TRANSPORT, IdentityService],
        useFactory: (transport: Transport, identity: IdentityService): NodeParts => ({
          ...{ ...context, node, votes, identity, transport, damage: damageRelay },
        }),
      },
    ];
    return {
      module: OpenedModule,
      global: true,
      imports: [ContextModule.of(context)],
      providers: shared,
      exports: shared,
    };
  }
}
