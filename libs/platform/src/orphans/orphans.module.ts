import { Module } from '@nestjs/common';
import type { NodeConfig } from '../config/node-config.js';
import { NODE_CONFIG } from '../node/node-ports.js';
import { HttpMasterAppend } from './http-master-append.js';
import { MASTER_APPEND } from './master-append.port.js';
import { OrphansController } from './orphans.controller.js';
import { ReappendService } from './reappend.service.js';

@Module({
  controllers: [OrphansController],
  providers: [
    ReappendService,
    { provide: MASTER_APPEND, inject: [NODE_CONFIG], useFactory: (config: NodeConfig) => new HttpMasterAppend(config) },
  ],
})
export class OrphansModule {}
