/**
 * Changes of the membership: one at a time, each committed before the next, none before the epoch's first record is
 * committed. A joining node waits for its turn; an operator's change is refused at once while another one is under way.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import type { Member, Membership } from '@replog/contracts/payloads.js';
import {
  afterLeaving,
  mayChangeMembership,
  pausedUntil,
  standingOf,
  withMember,
  withoutMember,
} from '@replog/core/membership/membership.js';
import { failoverStanding } from '@replog/core/election/failover.js';
import type { FailoverStanding } from '@replog/core/election/failover.js';
import type { MasterTermPorts } from '../term/term-ports.js';
import { isoTime } from '@replog/runtime/clock/iso-time.js';
import type { CopyLedger } from './copy-ledger.js';
import type { LogWriter } from './log-writer.js';

export class Memberships {
  private isWriting = false;
  /** Failover, as the log of this node told it last. That it is possible needs no word at the beginning of a term. */
  private wasPossible = true;
  private readonly node: MasterTermPorts['node'];
  private readonly logger: MasterTermPorts['logger'];

  constructor(
    private readonly ports: Pick<MasterTermPorts, 'node' | 'clock' | 'config' | 'logger'>,
    private readonly writer: LogWriter,
    private readonly ledger: CopyLedger,
  ) {
    this.node = ports.node;
    this.logger = ports.logger;
  }

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

  /** Automatic failover is paused until then; not in the future: the pause is over. Resolves with the index of the change. */
  async pause(untilMs: number): Promise<number> {
    this.requireTurn();
    const index = await this.append(pausedUntil(this.node.membership, untilMs));
    const { pausedUntilMs, possible } = this.standing;
    this.wasPossible = possible;
    const what = pausedUntilMs === null ? 'ended the pause of' : 'paused';
    const until = pausedUntilMs === null ? '' : ` until ${isoTime(pausedUntilMs)}`;
    this.logger.info({ index }, `an operator ${what} automatic failover${until}`);
    return index;
  }

  /** Says whether another node is elected when this one is gone, where that has changed. With FAILOVER=manual nobody expects it. */
  announceFailover(): void {
    const { mode, possible, why } = this.standing;
    if (mode === 'manual' || possible === this.wasPossible) return;
    this.wasPossible = possible;
    this.logger.info(why ?? 'When the master is gone, the members elect another one by themselves.');
  }

  private get standing(): FailoverStanding {
    const { config, clock, node } = this.ports;
    return failoverStanding(config, node.membership, clock.wallMs());
  }

  private requireTurn(): void {
    if (this.mayChange) return;
    throw new ReplogError(
      'CHANGE_IN_PROGRESS',
      'The last change of the membership is not committed yet. Try again when GET /cluster shows it committed.',
      { retryAfterS: 1 },
    );
  }

  private async takeOut(node: Pick<Member, 'nodeId' | 'incarnation'>, change: typeof withoutMember): Promise<number> {
    this.requireTurn();
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
    const index = await this.append(membership);
    this.announceFailover();
    return index;
  }

  private async append(membership: Membership): Promise<number> {
    this.isWriting = true;
    try {
      return await this.writer.appendMembership(membership);
    } finally {
      this.isWriting = false;
    }
  }
}
