/**
 * Changes of the membership: one at a time, each committed before the next, none before the epoch's first record is
 * committed. A joining node waits for its turn; a removal is refused at once while another change is under way.
 */
import type { Logger } from 'pino';
import { ReplogError } from '@replog/contracts/errors.js';
import type { Member, Membership } from '@replog/contracts/payloads.js';
import {
  afterLeaving,
  mayChangeMembership,
  standingOf,
  withMember,
  withoutMember,
} from '@replog/core/membership/membership.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import type { CopyLedger } from './copy-ledger.js';
import type { LogWriter } from './log-writer.js';

export class Memberships {
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

  /** Adds `member`, or records its new incarnation or address. Does nothing while another change is under way. */
  async admit(member: Member): Promise<void> {
    if (!this.mayChange) return;
    const standing = standingOf(this.node.membership, member);
    if (standing === 'removed') return;
    await this.write(withMember(this.node.membership, member));
    const what = standing === 'member' ? `now has the address ${member.url}` : 'has caught up and is now a member';
    this.logger.info({ secondary: member.nodeId, url: member.url }, `${member.nodeId} ${what}`);
  }

  /** Removes a node for good. Resolves with the index of the removal, which has to be committed. */
  async remove(node: Pick<Member, 'nodeId' | 'incarnation'>): Promise<number> {
    const index = await this.takeOut(node, withoutMember);
    this.logger.warn({ secondary: node.nodeId }, `${node.nodeId} was removed`);
    return index;
  }

  /** The same for a node that leaves by itself, and may come back. */
  async leave(node: Pick<Member, 'nodeId' | 'incarnation'>): Promise<number> {
    const index = await this.takeOut(node, afterLeaving);
    this.logger.info({ secondary: node.nodeId }, `${node.nodeId} stops and has left the membership`);
    return index;
  }

  private async takeOut(node: Pick<Member, 'nodeId' | 'incarnation'>, change: typeof withoutMember): Promise<number> {
    if (!this.mayChange) {
      throw new ReplogError(
        'CHANGE_IN_PROGRESS',
        'The last change of the membership is not committed yet. Try again when GET /cluster shows it committed.',
        { retryAfterS: 1 },
      );
    }
    const index = await this.write(change(this.node.membership, node));
    this.ledger.forget(node);
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
