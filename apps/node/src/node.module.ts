import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { MasterModule } from '@replog/master/master.module.js';
import { SecondaryModule } from '@replog/secondary/secondary.module.js';
import { ClusterModule } from './api/cluster/cluster.module.js';
import { HealthcheckModule } from './api/health/healthcheck.module.js';
import { MessagesReadModule } from './api/messages/messages-read.module.js';
import { MetricsModule } from './api/metrics/metrics.module.js';
import { OrphansModule } from './api/orphans/orphans.module.js';
import { PeersModule } from './api/peers/peers.module.js';
import type { OpenedNode } from './host/open-node.js';
import { OpenedModule } from './opened/opened.module.js';
import { RoleModule } from './role/role.module.js';
import { ServerModule } from './server/server.module.js';
import { TransportModule } from './transport/transport.module.js';

/** One node in either role: its open log, server and transport, its roles, and the routes of every node. */
@Module({})
export class NodeModule {
  /** `onFatal`: called when the node cannot go on. */
  static of(opened: OpenedNode, onFatal: (error: Error) => void): DynamicModule {
    const role = RoleModule.of(opened, onFatal);
    return {
      module: NodeModule,
      imports: [
        ...[OpenedModule.of(opened), ServerModule, TransportModule],
        ...[role, MasterModule, SecondaryModule],
        ...[ClusterModule.with(role), PeersModule, MessagesReadModule, OrphansModule, HealthcheckModule, MetricsModule],
      ],
    };
  }
}
