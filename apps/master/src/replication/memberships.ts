/**
 * Changes of the membership: one at a time, each committed before the next, none before the epoch's first record is
 * committed. Joining nodes wait here for their turn; who takes a node out is told at once if it is not his.
 */
import type { Logger } from 'pino';
import { ReplogError } from '@replog/contracts/errors.js';
import type { Member, Membership } from '@replog/contracts/payloads.js';
import { mayChangeMembership, standingOf, withMember, withoutMember } from '@replog/core/membership/membership.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import type { CopyLedger } from './copy-ledger.js';
import type { LogWriter } from './log-writer.js';

export class Memberships {
  /** A change is being written right now. */
  private isWriting = false;

  constructor(
    private readonly node: LocalNode,
    private readonly writer: LogWriter,
    private readonly ledger: CopyLedger,
    private readonly logger: Logger,
  ) {}

  get mayChange(): boolean {
    return !this.isWriting && mayChangeMembership(this.facts);
  }

  /** Makes `member` one, or gives it its new incarnation or address. Does nothing where another change is under way. */
  async admit(member: Member): Promise<void> {
    if (!this.mayChange) return;
    const standing = standingOf(this.node.membership, member);
    if (standing === 'removed') return;
    await this.write(withMember(this.node.membership, member));
    const what = standing === 'member' ? `has the address ${member.url} now` : 'has caught up and is a member now';
    this.logger.info({ secondary: member.nodeId, url: member.url }, `${member.nodeId} ${what}`);
  }

  /** Takes a node out for good. Resolves with the index that has to be committed for it to hold. */
  async remove(node: Pick<Member, 'nodeId' | 'incarnation'>): Promise<number> {
    if (!this.mayChange) {
      throw new ReplogError(
        'CHANGE_IN_PROGRESS',
        'The last change of the membership is not committed yet. Try again when GET /cluster shows it committed.',
        { retryAfterS: 1 },
      );
    }
    const index = await this.write(withoutMember(this.node.membership, node));
    this.ledger.forget(node);
    this.logger.warn({ secondary: node.nodeId }, `${node.nodeId} was taken out for good`);
    return index;
  }

  private get facts(): { committed: number; epochStartIndex: number; membershipIndex: number } {
    return {
      committed: this.node.committed,
      epochStartIndex: this.ledger.epochStart,
      membershipIndex: this.node.membershipIndex,
    };
  }

  private async write(membership: Membership): Promise<number> {
    this.isWriting = true;
    try {
      return await this.writer.appendMembership(membership);
    } finally {
      this.isWriting = false;
    }
  }
}
