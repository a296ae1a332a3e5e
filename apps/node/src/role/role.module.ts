import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { PROMOTION } from '@replog/cluster/election/promotion.port.js';
import { NODE_PARTS } from '@replog/cluster/node/node-parts.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import { ReplicationModule } from '@replog/master/replication/replication.module.js';
import { MasterTerms } from '@replog/master/term/master-terms.js';
import { MessagesModule } from '@replog/secondary/messages/messages.module.js';
import { SecondaryTerms } from '@replog/secondary/term/secondary-terms.js';
import type { OpenedNode } from '../host/open-node.js';
import { RoleLife } from './role-life.js';

/** Which role this node is in. It begins and ends the terms of both. */
@Module({})
export class RoleModule {
  static of({ damage, damageRelay }: OpenedNode, onFatal: (error: Error) => void): DynamicModule {
    const life = (parts: NodeParts, masters: MasterTerms, secondaries: SecondaryTerms): RoleLife => {
      const terms = { beginMaster: masters.begin.bind(masters), beginSecondary: secondaries.begin.bind(secondaries) };
      const made = new RoleLife({ parts, terms, damage, onFatal });
      damageRelay.use(made.damage);
      return made;
    };
    return {
      module: RoleModule,
      imports: [ReplicationModule, MessagesModule],
      providers: [
        { provide: RoleLife, inject: [NODE_PARTS, MasterTerms, SecondaryTerms], useFactory: life },
        { provide: PROMOTION, useExisting: RoleLife },
      ],
      exports: [RoleLife, PROMOTION],
    };
  }
}
