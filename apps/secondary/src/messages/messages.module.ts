import { Module } from '@nestjs/common';
import { ReadingModule } from '@replog/platform';
import { Follower } from './follower.js';
import { LinkGateway } from './link.gateway.js';
import { MasterOnlyController } from './master-only.controller.js';

/** Reads, and the ordered append of what the master sends. */
@Module({
  imports: [ReadingModule],
  controllers: [MasterOnlyController],
  providers: [Follower, LinkGateway],
  exports: [Follower],
})
export class MessagesModule {}
