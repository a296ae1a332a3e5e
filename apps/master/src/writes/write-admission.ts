/** May this master take a write of this concern right now? Asked before anything of it is in the log. */
import { Inject, Injectable } from '@nestjs/common';
import { ReplogError } from '@replog/contracts/errors.js';
import type { WriteConcern } from '@replog/contracts/views.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { notMaster } from '@replog/cluster/node/not-master.js';
import { NODE_CONFIG } from '@replog/runtime/tokens/injection-tokens.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { RegistryService } from '../registry/registry.service.js';
import { CopyLedger } from '../replication/copy-ledger.js';
import { LogWriter } from '../replication/log-writer.js';
import { WriteConcernService } from '../replication/write-concern.service.js';

@Injectable()
export class WriteAdmission {
  constructor(
    @Inject(LocalNode) private readonly node: LocalNode,
    @Inject(NODE_CONFIG) private readonly config: NodeConfig,
    @Inject(LogWriter) private readonly writer: LogWriter,
    @Inject(RegistryService) private readonly registry: RegistryService,
    @Inject(CopyLedger) private readonly ledger: CopyLedger,
    @Inject(WriteConcernService) private readonly concerns: WriteConcernService,
  ) {}

  /** Is this master in office and taking writes at all? Of a single write `require` has the last word. */
  get isOpen(): boolean {
    return this.writer.closed === null && this.node.office !== null;
  }

  /** Throws the reason to reject. */
  require(concern: WriteConcern): void {
    // Asked again when that is decided.
    if (this.writer.isHolding) return;
    if (this.writer.closed !== null) throw this.successor() ?? this.writer.closed;
    if (this.node.office === null) throw notMaster(this.node.master);
    this.concerns.requireRoom();
    if (this.registry.hasQuorum) return;
    if (this.config.quorumLoss === 'accept' && this.canBeMet(concern)) return;
    throw this.noQuorum();
  }

  /** Are there, as far as is known, enough reachable members for `concern`? */
  canBeMet(concern: WriteConcern): boolean {
    return this.reachable().length >= this.ledger.requiredFor(concern);
  }

  /** Who has deposed this master, or was handed over to, and has said so. */
  private successor(): ReplogError | null {
    const { master, nodeId } = this.node;
    return master === null || master.nodeId === nodeId ? null : notMaster(master);
  }

  private reachable(): readonly unknown[] {
    const { members } = this.node.membership;
    return members.filter((member) => member.nodeId !== this.node.nodeId && this.registry.isReachable(member));
  }

  private noQuorum(): ReplogError {
    const members = this.node.membership.members.length;
    const reachable = this.reachable().length + 1;
    return new ReplogError(
      'NO_QUORUM',
      `Only ${reachable} of ${members} members are reachable, which is no majority: the message was not stored. ` +
        'Repeat the request when GET /secondaries shows enough of them HEALTHY.',
      { retryAfterS: Math.max(1, Math.ceil(this.config.healthcheckDelayMs / 1000)), extra: { reachable, members } },
    );
  }
}
