/**
 * The secondary's side of replication: at most one link at a time, the newest. A master that connects anew has given
 * the old link up.
 */
import type { LinkSocket } from '@replog/cluster/peers/transport.port.js';
import type { FollowerPorts } from './follower-ports.js';
import { FollowerSession } from './follower-session.js';

export class Follower {
  private session: FollowerSession | null = null;
  private isClosed = false;
  /** Ends when no link that was given up touches the log any more: the next one tells the log's end only then. */
  private settled: Promise<void> = Promise.resolve();

  constructor(private readonly ports: FollowerPorts) {}

  /** Follows the master at the other end of `socket`. */
  follow(socket: LinkSocket, masterNodeId: string): void {
    this.giveUp('the master has opened a newer link');
    if (this.isClosed) {
      socket.close('this node is no secondary any more');
      return;
    }
    if (this.ports.node.isDamaged) {
      // What is about to leave the log must not be told of, nor be vouched for under the incarnation that comes.
      socket.close('the log of this node is damaged and being repaired');
      return;
    }
    const session = new FollowerSession(socket, masterNodeId, this.ports);
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

  /** Takes no link from here on. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.hangUp('this node is no secondary any more');
  }
}
