/**
 * The secondary's side of replication: at most one link at a time, the newest. A master that connects again has given up
 * the old link.
 */
import type { LinkSocket } from '@replog/cluster/peers/transport.port.js';
import type { FollowerPorts } from './follower-ports.js';
import { FollowerSession } from './follower-session.js';
import { ForceSearch } from './force-search.js';

export class Follower {
  readonly forces: ForceSearch;
  private session: FollowerSession | null = null;
  private isClosed = false;
  /** Resolves when no ended link touches the log. Only then may the next link report the end of the log. */
  private settled: Promise<void> = Promise.resolve();

  constructor(private readonly ports: FollowerPorts) {
    this.forces = new ForceSearch(ports);
  }

  follow(socket: LinkSocket, masterNodeId: string): void {
    this.giveUp('the master has opened a newer link');
    if (this.isClosed) {
      socket.close('this node is no longer a secondary');
      return;
    }
    if (this.ports.node.isDamaged) {
      // Records that the repair removes must not be reported, nor acknowledged under the next incarnation.
      socket.close('the log of this node is damaged and being repaired');
      return;
    }
    const session = new FollowerSession(socket, masterNodeId, this.ports, this.forces);
    this.session = session;
    void this.settled.then(() => session.begin());
  }

  /** Ends the link; the master connects again. Resolves when the link no longer touches the log. */
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

  /** Accepts no further link. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.hangUp('this node is no longer a secondary');
  }
}
