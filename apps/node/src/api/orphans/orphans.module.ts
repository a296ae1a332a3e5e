import { Module } from '@nestjs/common';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { LOG_STORE } from '@replog/runtime/tokens/injection-tokens.js';
import { TRANSPORT } from '@replog/cluster/peers/transport.port.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import { MASTER_APPEND } from '@replog/cluster/orphans/master-append.port.js';
import type { MasterAppend } from '@replog/cluster/orphans/master-append.port.js';
import { OrphansController } from './orphans.controller.js';
import { ReappendService } from '@replog/cluster/orphans/reappend.service.js';

@Module({
  controllers: [OrphansController],
  providers: [
    {
      provide: ReappendService,
      inject: [LOG_STORE, LocalNode, MASTER_APPEND, TRANSPORT],
      useFactory: (store: LogStore, node: LocalNode, master: MasterAppend, transport: Transport) =>
        new ReappendService(store, node, master, transport),
    },
  ],
})
export class OrphansModule {}
