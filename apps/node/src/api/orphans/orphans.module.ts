import { Module } from '@nestjs/common';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { LOG_STORE, NODE_CONFIG } from '@replog/runtime/tokens/injection-tokens.js';
import { TRANSPORT } from '@replog/cluster/peers/transport.port.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import { HttpMasterAppend } from '../../transport/http-master-append.js';
import { OrphansController } from './orphans.controller.js';
import { ReappendService } from '@replog/cluster/orphans/reappend.service.js';

@Module({
  controllers: [OrphansController],
  providers: [
    {
      provide: ReappendService,
      inject: [LOG_STORE, LocalNode, NODE_CONFIG, TRANSPORT],
      useFactory: (store: LogStore, node: LocalNode, config: NodeConfig, transport: Transport) =>
        new ReappendService(store, node, new HttpMasterAppend(config), transport),
    },
  ],
})
export class OrphansModule {}
