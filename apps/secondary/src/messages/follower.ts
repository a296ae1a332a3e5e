/**
 * The secondary's side of replication: at most one link at a time, the newest. A master that connects anew has given
 * the old link up.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Clock, Random } from '@replog/contracts/ports.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { DAMAGE_REPORTER } from '@replog/log-store/damage-reporter.port.js';
import { VoteBook } from '@replog/cluster/votes/vote-book.js';
import { CLOCK, LOGGER, LOG_STORE, NODE_CONFIG, RANDOM } from '@replog/runtime/tokens/injection-tokens.js';
import type { LinkSocket } from '@replog/cluster/peers/transport.port.js';
import type { DamageReporter } from '@replog/log-store/damage-reporter.port.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { FollowerSession } from './follower-session.js';

@Injectable()
export class Follower implements BeforeApplicationShutdown {
  private session: FollowerSession | null = null;
  private isClosed = false;
  /** Ends when no link that was given up touches the log any more: the next one tells the log's end only then. */
  private settled: Promise<void> = Promise.resolve();

  constructor(
    @Inject(LocalNode) private readonly node: LocalNode,
    @Inject(LOG_STORE) private readonly store: LogStore,
    @Inject(VoteBook) private readonly votes: VoteBook,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RANDOM) private readonly random: Random,
    @Inject(NODE_CONFIG) private readonly config: NodeConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(DAMAGE_REPORTER) private readonly damage: DamageReporter,
  ) {}

  /** Follows the master at the other end of `socket`. */
  follow(socket: LinkSocket, masterNodeId: string): void {
    this.giveUp('the master has opened a newer link');
    if (this.isClosed) {
      socket.close('this node is no secondary any more');
      return;
    }
    if (this.node.isDamaged) {
      // What is about to leave the log must not be told of, nor be vouched for under the incarnation that comes.
      socket.close('the log of this node is damaged and being repaired');
      return;
    }
    const { node, store, votes, clock, random, logger, damage } = this;
    const { delay, segmentBytes } = this.config;
    const ports = { node, store, votes, clock, random, logger, damage, delay, segmentBytes };
    const session = new FollowerSession(socket, masterNodeId, ports);
    this.session = session;
    void this.settled.then(() => session.begin());
  }

  /** Hangs up; the master connects again when it sees fit. Resolves once nothing of the link touches the log. */
  async hangUp(reason: string): Promise<void> {
    this.giveUp(reason);
    await this.settled;
  }

  private giveUp(reason: string): void {
    const { session, settled } = this;
    if (session === null) return;
    this.session = null;
    session.end(reason);
    this.settled = settled.then(() => session.finished);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isClosed = true;
    await this.hangUp('this node is no secondary any more');
  }
}
