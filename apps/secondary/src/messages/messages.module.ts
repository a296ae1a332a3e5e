import { Module } from '@nestjs/common';
import { SecondaryTerms } from '../term/secondary-terms.js';
import { LinkGateway } from './link.gateway.js';

/** Appends the records from the master in order. */
@Module({
  providers: [SecondaryTerms, LinkGateway],
  exports: [SecondaryTerms],
})
export class MessagesModule {}
