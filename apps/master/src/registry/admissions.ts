/**
 * Membership changes that a master makes by itself: a node that has caught up becomes a member, and a changed address
 * is recorded. One change at a time.
 */
import type { Clock } from '@replog/contracts/ports.js';
import type { Logger } from 'pino';
import { hasCaughtUp } from '@replog/core/membership/catch-up.js';
import { memberOf, standingOf } from '@replog/core/membership/membership.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import type { CopyLedger } from '../replication/copy-ledger.js';
import type { Memberships } from '../replication/memberships.js';
import type { Secondaries } from './secondaries.js';
import type { SecondaryEntry } from './secondary-entry.js';

export class Admissions {
  constructor(
    private readonly ports: { readonly node: LocalNode; readonly clock: Pick<Clock, 'soon'>; readonly logger: Logger },
    private readonly secondaries: Pick<Secondaries, 'findEntry' | 'isClosed'>,
    private readonly memberships: Pick<Memberships, 'mayChange' | 'admit'>,
    private readonly ledger: Pick<CopyLedger, 'acknowledgedBy'>,
  ) {}

  /**
   * Call it whenever a node may have caught up, or the last change may be committed. The change comes in the next turn: a
   * write that is satisfied in this one gets a receipt with the members that satisfied it.
   */
  next(): void {
    if (this.findDue() !== undefined) this.ports.clock.soon(() => this.admitDue());
  }

  /** Records the master's new address, like every other change. */
  noteOwnAddress(): void {
    const { url, nodeId, incarnation, membership } = this.ports.node;
    const known = memberOf(membership, nodeId);
    if (url === null || known === undefined || known.url === url || !this.memberships.mayChange) return;
    void this.memberships
      .admit({ nodeId, incarnation, url })
      .catch((error: unknown) =>
        this.ports.logger.warn({ err: error }, 'the new address of this master was not recorded'),
      );
  }

  private findDue(): SecondaryEntry | undefined {
    if (this.secondaries.isClosed || !this.memberships.mayChange) return undefined;
    return this.secondaries.findEntry(this.isDue);
  }

  private admitDue(): void {
    const next = this.findDue();
    if (next === undefined) return;
    void this.memberships
      .admit({ nodeId: next.nodeId, incarnation: next.incarnation, url: next.peer.url })
      .catch((error: unknown) =>
        this.ports.logger.warn({ err: error, secondary: next.nodeId }, 'the membership was not changed'),
      );
  }

  private readonly isDue = (entry: SecondaryEntry): boolean => {
    if (entry.link.state !== 'streaming') return false;
    const { node } = this.ports;
    const standing = standingOf(node.membership, entry.peer);
    if (standing === 'removed') return false;
    const mustHoldUpTo = standing === 'other-incarnation' ? node.committed : 0;
    if (!hasCaughtUp(this.ledger.acknowledgedBy(entry.peer), mustHoldUpTo, node.store.last.index)) return false;
    return standing !== 'member' || memberOf(node.membership, entry.nodeId)?.url !== entry.peer.url;
  };
}
