/** May this master accept a write of this concern now? Checked before anything is appended. */
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

  /** Does this term accept writes at all? `require` decides about a single write. */
  get isOpen(): boolean {
    return this.writer.closed === null && this.node.term !== null;
  }

  /** Throws the reason for a rejection. */
  require(concern: WriteConcern): void {
    // Checked again when the change of master is decided.
    if (this.writer.isHolding) return;
    if (this.writer.closed !== null) throw this.successor() ?? this.writer.closed;
    if (this.node.term === null) throw notMaster(this.node.master);
    this.waits.requireRoom();
    if (this.secondaries.hasQuorum) return;
    if (this.config.quorumLoss === 'accept' && this.canBeMet(concern)) return;
    throw this.noQuorum();
  }

  /** Are enough members for `concern` reachable, as far as is known? */
  canBeMet(concern: WriteConcern): boolean {
    return this.reachable().length >= this.ledger.requiredFor(concern);
  }

  /** The refusal that names the new master, once another node has deposed this one or received its term. */
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
      `Only ${reachable} of ${members} members are reachable, less than a majority: the message was not stored. ` +
        'Repeat the request when GET /secondaries shows enough of them HEALTHY.',
      { retryAfterS: Math.max(1, Math.ceil(this.config.healthcheckDelayMs / 1000)), extra: { reachable, members } },
    );
  }
}
