/** May this master take a write of this concern right now? Asked before anything of it is in the log. */
import { ReplogError } from '@replog/contracts/errors.js';
import type { WriteConcern } from '@replog/contracts/views.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import { notMaster } from '@replog/cluster/node/not-master.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { Secondaries } from '../registry/secondaries.js';
import type { CopyLedger } from '../replication/copy-ledger.js';
import type { LogWriter } from '../replication/log-writer.js';
import type { ConcernWaits } from '../replication/concern-waits.js';

export class WriteAdmission {
  constructor(
    private readonly node: LocalNode,
    private readonly config: NodeConfig,
    private readonly writer: LogWriter,
    private readonly secondaries: Secondaries,
    private readonly ledger: CopyLedger,
    private readonly waits: ConcernWaits,
  ) {}

  /** Is this master in office and taking writes at all? Of a single write `require` has the last word. */
  get isOpen(): boolean {
    return this.writer.closed === null && this.node.term !== null;
  }

  /** Throws the reason to reject. */
  require(concern: WriteConcern): void {
    // Asked again when that is decided.
    if (this.writer.isHolding) return;
    if (this.writer.closed !== null) throw this.successor() ?? this.writer.closed;
    if (this.node.term === null) throw notMaster(this.node.master);
    this.waits.requireRoom();
    if (this.secondaries.hasQuorum) return;
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
    return members.filter((member) => member.nodeId !== this.node.nodeId && this.secondaries.isReachable(member));
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
