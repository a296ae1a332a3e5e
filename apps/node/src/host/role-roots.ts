/** The root module of each role: what every node stands on, and what the role adds. */
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import { MasterModule } from '@replog/master/master.module.js';
import { SecondaryModule } from '@replog/secondary/secondary.module.js';
import { MessagesReadModule } from '../api/messages/messages-read.module.js';
import { NodePartsModule } from '../node-parts.module.js';
import { PlatformModule } from '../platform.module.js';
import { MasterOnlyController } from './master-only.controller.js';

@Module({})
export class MasterRoot {
  static forNode(parts: NodeParts): DynamicModule {
    return { module: MasterRoot, imports: [...shared(parts), MasterModule] };
  }
}

@Module({})
export class SecondaryRoot {
  static forNode(parts: NodeParts): DynamicModule {
    return { module: SecondaryRoot, imports: [...shared(parts), SecondaryModule], controllers: [MasterOnlyController] };
  }
}

function shared(parts: NodeParts): (DynamicModule | typeof MessagesReadModule)[] {
  return [PlatformModule.forNode(parts), NodePartsModule.forNode(parts), MessagesReadModule];
}
