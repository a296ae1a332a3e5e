import { Module } from '@nestjs/common';
import { Follower } from './follower.js';
import { LinkGateway } from './link.gateway.js';

/** The ordered append of what the master sends. */
@Module({
  providers: [Follower, LinkGateway],
  exports: [Follower],
})
export class MessagesModule {}
