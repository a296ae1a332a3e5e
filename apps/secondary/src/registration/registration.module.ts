import { Module } from '@nestjs/common';
import { MessagesModule } from '../messages/messages.module.js';
import { RegistrationService } from './registration.service.js';

@Module({ imports: [MessagesModule], providers: [RegistrationService] })
export class RegistrationModule {}
