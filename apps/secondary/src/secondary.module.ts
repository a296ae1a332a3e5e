import { Module } from '@nestjs/common';
import { MessagesModule } from './messages/messages.module.js';
import { RegistrationModule } from './registration/registration.module.js';

@Module({ imports: [MessagesModule, RegistrationModule] })
export class SecondaryModule {}
