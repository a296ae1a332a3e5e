/** The members as clients see them. */
import type { MemberView } from '@replog/contracts/views.js';
import { standingOf } from '@replog/core/membership/membership.js';
import type { MemberStanding } from '@replog/core/membership/membership.js';
import { wayOut } from '@replog/core/quorum/way-out.js';
import { storageFault } from '@replog/core/storage/storage-state.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import { isoTime } from '@replog/runtime/clock/iso-time.js';
import type { CopyLedger } from '../replication/copy-ledger.js';
import type { LagMeter } from '../replication/lag.js';
import type { Secondaries } from './secondaries.js';
import type { SecondaryEntry } from './secondary-entry.js';

/** The view of a secondary always has a lag: its master knows it. */
export type SecondaryView = MemberView & { readonly lag: NonNullable<MemberView['lag']> };

export class MemberViews {
  constructor(
    private readonly node: LocalNode,
    private readonly known: Secondaries,
    private readonly ledger: CopyLedger,
    private readonly lag: LagMeter,
  ) {}

  /** Every secondary: members in the order of the membership, then joining nodes. */
  secondaries(): Promise<SecondaryView[]> {
    return Promise.all(this.inOrder().map((entry) => this.viewOf(entry)));
  }

  /** Those that would not acknowledge a write of now, or do not count. */
  missing(): Promise<SecondaryView[]> {
    const missing = this.inOrder().filter(
      ({ peer }) => this.standing(peer) !== 'member' || !this.known.isAcknowledging(peer),
    );
    return Promise.all(missing.map((entry) => this.viewOf(entry)));
  }

  async all(): Promise<MemberView[]> {
    return [this.master(), ...(await this.secondaries())];
  }

  private inOrder(): SecondaryEntry[] {
    const order = this.node.membership.members.map((member) => member.nodeId);
    const placeOf = ({ nodeId }: SecondaryEntry): number =>
      order.includes(nodeId) ? order.indexOf(nodeId) : order.length;
    return this.known.entries.toSorted((left, right) => placeOf(left) - placeOf(right));
  }

  private standing(peer: SecondaryEntry['peer']): MemberStanding {
    return standingOf(this.node.membership, peer);
  }

  private master(): MemberView {
    return {
      nodeId: this.node.nodeId,
      url: this.node.url ?? '',
      state: 'MASTER',
      since: this.known.openedAt,
      reason: masterReason(this.node),
      storage: this.node.storage,
      lastIndex: this.ledger.masterDurable,
      lag: { records: 0, bytes: 0, ms: 0 },
    };
  }

  private get cannotJoin(): string {
    return `no majority of the members is reachable to make it a member. ${wayOut(this.node.nodeId)}`;
  }

  private async viewOf(entry: SecondaryEntry): Promise<SecondaryView> {
    const lastIndex = this.ledger.acknowledgedBy(entry.peer);
    const standing = this.standing(entry.peer);
    const state = entry.stateAs(standing);
    const reason = entry.reasonAs(standing);
    return {
      nodeId: entry.nodeId,
      url: entry.peer.url,
      state,
      since: isoTime(entry.sinceMs),
      reason: state === 'JOINING' && !this.known.hasQuorum ? `${reason}; ${this.cannotJoin}` : reason,
      storage: entry.storage,
      lastIndex,
      lag: await this.lag.behind(lastIndex),
    };
  }
}

function masterReason({ epoch, storage }: LocalNode): string {
  const fault = storageFault(storage);
  return fault === null ? `is master in epoch ${epoch}` : `is master in epoch ${epoch}, and stores nothing: ${fault}`;
}
