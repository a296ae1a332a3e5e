import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NODE_PARTS } from '@replog/cluster/node/node-parts.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import { ROLE_REQUESTS } from '@replog/cluster/role/role-requests.port.js';
import { ReplicationModule } from '@replog/master/replication/replication.module.js';
import { MasterTerms } from '@replog/master/term/master-terms.js';
import { MessagesModule } from '@replog/secondary/messages/messages.module.js';
import { SecondaryTerms } from '@replog/secondary/term/secondary-terms.js';
import type { OpenedNode } from '../host/open-node.js';
import { RoleRunner } from './role-runner.js';

/** The role of this node: begins and ends the terms of both roles. */
@Module({})
export class RoleModule {
  static of({ damage, damageRelay }: OpenedNode, onFatal: (error: Error) => void): DynamicModule {
    const runner = (parts: NodeParts, masters: MasterTerms, secondaries: SecondaryTerms): RoleRunner => {
      const terms = { beginMaster: masters.begin.bind(masters), beginSecondary: secondaries.begin.bind(secondaries) };
      const made = new RoleRunner({ parts, terms, damage, onFatal });
      damageRelay.use(made);
      return made;
    };
    return {
      module: RoleModule,
      imports: [ReplicationModule, MessagesModule],
      providers: [
        { provide: RoleRunner, inject: [NODE_PARTS, MasterTerms, SecondaryTerms], useFactory: runner },
        { provide: ROLE_REQUESTS, useExisting: RoleRunner },
      ],
      exports: [RoleRunner, ROLE_REQUESTS],
    };
  }
}
