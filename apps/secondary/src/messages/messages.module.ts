import { Module } from '@nestjs/common';
import { SecondaryTerms } from '../term/secondary-terms.js';
import { LinkGateway } from './link.gateway.js';

/** The ordered append of what the master sends. */
@Module({
  providers: [SecondaryTerms, LinkGateway],
  exports: [SecondaryTerms],
})
export class MessagesModule {}
