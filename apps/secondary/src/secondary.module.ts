import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { NodePartsModule, PlatformModule } from '@replog/platform';
import type { NodeParts } from '@replog/platform';
import { MessagesModule } from './messages/messages.module.js';
import { RegistrationModule } from './registration/registration.module.js';

@Module({})
export class SecondaryModule {
  static forNode(parts: NodeParts): DynamicModule {
    return {
      module: SecondaryModule,
      imports: [PlatformModule.forNode(parts), NodePartsModule.forNode(parts), MessagesModule, RegistrationModule],
    };
  }
}
