/** Removes a member, or lets one leave, unless the remaining cluster could not commit. */
import { ReplogError } from '@replog/contracts/errors.js';
import type { LeaveRequest } from '@replog/contracts/http.js';
import type { Member } from '@replog/contracts/payloads.js';
import { refuseForeign } from '@replog/core/membership/refuse-foreign.js';
import { isSame, memberOf, standingOf } from '@replog/core/membership/membership.js';
import { isMajority, majorityOf } from '@replog/core/quorum/majority.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import type { Memberships } from '../replication/memberships.js';
import type { ChangeCommit } from './change-commit.js';
import type { Secondaries } from './secondaries.js';

export class Removal {
  constructor(
    private readonly node: LocalNode,
    private readonly secondaries: Secondaries,
    private readonly memberships: Memberships,
    private readonly commit: ChangeCommit,
  ) {}

  /** Resolves once the removal is committed. */
  async remove(nodeId: string): Promise<void> {
    const entry = this.secondaries.find(nodeId);
    const member = memberOf(this.node.membership, nodeId);
    this.refuseOwnId(nodeId);
    if (entry === undefined && member === undefined) {
      throw new ReplogError('NOT_FOUND', `There is no secondary ${nodeId}; GET /secondaries lists them.`);
    }
    this.requireMajorityWithout(nodeId);
    this.commit.requirePossible('removal');
    const known = [...(entry === undefined ? [] : [entry.peer]), ...(member === undefined ? [] : [member])];
    const index = await this.memberships.remove(known[known.length - 1] as Member);
    if (entry !== undefined) await this.secondaries.forget(entry);
    await this.commit.committed(index, 'removal');
  }

  /** A secondary is about to stop. Resolves once it is out, and at once where it was no member. */
  async leave({ clusterId, ...leaving }: LeaveRequest): Promise<void> {
    refuseForeign(this.node, clusterId, leaving.nodeId);
    this.refuseOwnId(leaving.nodeId);
    const entry = this.secondaries.find(leaving.nodeId);
    // It may ask again, where the answer was lost or came too late.
    let index = this.node.membershipIndex;
    if (standingOf(this.node.membership, leaving) === 'member') {
      this.requireMajorityWithout(leaving.nodeId);
      index = await this.memberships.leave(leaving);
    }
    if (entry !== undefined && isSame(entry.peer, leaving)) await this.secondaries.forget(entry);
    await this.commit.committed(index, 'removal');
  }

  private refuseOwnId(nodeId: string): void {
    if (nodeId !== this.node.nodeId) return;
    throw new ReplogError('WOULD_LOSE_MAJORITY', 'This node is the master. Promote another one before you remove it.');
  }

  private requireMajorityWithout(nodeId: string): void {
    const rest = this.node.membership.members.filter((member) => member.nodeId !== nodeId);
    const healthy = rest.filter((member) => member.nodeId === this.node.nodeId || this.secondaries.isHealthy(member));
    if (isMajority(healthy.length, rest.length)) return;
    const missing = rest.filter((member) => !healthy.includes(member)).map((member) => member.nodeId);
    throw new ReplogError(
      'WOULD_LOSE_MAJORITY',
      `Without ${nodeId} only ${healthy.length} of ${rest.length} members would be HEALTHY; ` +
        `${majorityOf(rest.length)} are needed. Bring back ${missing.join(' or ')} first, or remove that one instead.${this.commit.remedy}`,
    );
  }
}
