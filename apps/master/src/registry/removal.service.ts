/** Takes a member out for good, unless that would leave a cluster that cannot commit. */
import { Inject, Injectable } from '@nestjs/common';
import { ReplogError } from '@replog/contracts/errors.js';
import type { Member } from '@replog/contracts/payloads.js';
import type { Clock } from '@replog/contracts/ports.js';
import { memberOf } from '@replog/core/membership/membership.js';
import { isMajority, majorityOf } from '@replog/core/quorum/majority.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { CLOCK, NODE_CONFIG } from '@replog/runtime/tokens/injection-tokens.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { MembershipService } from '../replication/membership.service.js';
import { RegistryService } from './registry.service.js';

@Injectable()
export class RemovalService {
  constructor(
    @Inject(LocalNode) private readonly node: LocalNode,
    @Inject(NODE_CONFIG) private readonly config: NodeConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RegistryService) private readonly registry: RegistryService,
    @Inject(MembershipService) private readonly memberships: MembershipService,
  ) {}

  /** Resolves once the removal is committed. */
  async remove(nodeId: string): Promise<void> {
    const entry = this.registry.find(nodeId);
    const member = memberOf(this.node.membership, nodeId);
    if (nodeId === this.node.nodeId) {
      throw new ReplogError(
        'WOULD_LOSE_MAJORITY',
        'This node is the master: promote another one before taking it out.',
      );
    }
    if (entry === undefined && member === undefined) {
      throw new ReplogError('NOT_FOUND', `There is no secondary ${nodeId}; GET /secondaries lists them.`);
    }
    this.requireMajorityWithout(nodeId);
    const known = [...(entry === undefined ? [] : [entry.peer]), ...(member === undefined ? [] : [member])];
    const index = await this.memberships.remove(known[known.length - 1] as Member);
    if (entry !== undefined) await this.registry.forget(entry);
    await this.committed(index);
  }

  private requireMajorityWithout(nodeId: string): void {
    const rest = this.node.membership.members.filter((member) => member.nodeId !== nodeId);
    const healthy = rest.filter((member) => member.nodeId === this.node.nodeId || this.registry.isHealthy(member));
    if (isMajority(healthy.length, rest.length)) return;
    const missing = rest.filter((member) => !healthy.includes(member)).map((member) => member.nodeId);
    throw new ReplogError(
      'WOULD_LOSE_MAJORITY',
      `Without ${nodeId} only ${healthy.length} of ${rest.length} members would be HEALTHY; ` +
        `${majorityOf(rest.length)} are needed. First bring back ${missing.join(' or ')}, or take that out instead.`,
    );
  }

  private committed(index: number): Promise<void> {
    if (this.node.committed >= index) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const stop = this.node.onCommitted((committed) => {
        if (committed < index) return;
        timer.cancel();
        stop();
        resolve();
      });
      const timer = this.clock.after(this.config.writeConcernTimeoutMs, () => {
        stop();
        reject(
          new ReplogError('NO_QUORUM', 'The removal is written and in force, but no majority has it yet.', {
            retryAfterS: 1,
          }),
        );
      });
    });
  }
}
