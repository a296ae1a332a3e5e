import { Module } from '@nestjs/common';
import type { Clock } from '@replog/contracts/ports.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import { CLOCK, LOG_STORE, NODE_VIEW } from '@replog/runtime/tokens/injection-tokens.js';
import type { NodeView } from '@replog/cluster/node/node-view.js';
import { DAMAGE_REPORTER } from '@replog/log-store/damage-reporter.port.js';
import type { DamageReporter } from '@replog/log-store/damage-reporter.port.js';
import { MessageReader } from '@replog/cluster/reads/message-reader.js';
import { MessagesReadController } from './messages-read.controller.js';
import { OpenReads } from './open-reads.js';
import { TailTokensController } from './tail-tokens.controller.js';

/**
 * `GET /messages`, `GET /messages/{seq}` and `POST /tail-tokens`, the same on master and secondary. Needs LOG_STORE, NODE_VIEW, CLOCK and
 * DAMAGE_REPORTER from a global module.
 */
@Module({
  controllers: [MessagesReadController, TailTokensController],
  providers: [
    OpenReads,
    {
      provide: MessageReader,
      inject: [LOG_STORE, NODE_VIEW, CLOCK, DAMAGE_REPORTER],
      useFactory: (store: LogStore, view: NodeView, clock: Clock, damage: DamageReporter) =>
        new MessageReader(store, view, clock, damage),
    },
  ],
  exports: [MessageReader],
})
export class MessagesReadModule {}
