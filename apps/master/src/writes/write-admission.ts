/**
 * May this master accept a write of this concern now? Checked before anything is appended, and by the pre-flight, which
 * asks what a write of now would meet.
 */
import { encodedLength } from '@replog/contracts/encode-records.js';
import { ReplogError } from '@replog/contracts/errors.js';
import { MAX_KEY_LENGTH } from '@replog/contracts/limits.js';
import type { Member } from '@replog/contracts/payloads.js';
import type { WriteConcern } from '@replog/contracts/views.js';
import { storageFault } from '@replog/core/storage/storage-state.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import { wayOut } from '@replog/core/quorum/way-out.js';
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
    if (this.node.isStalled) throw stalled(this.node);
    this.waits.requireRoom();
    if (this.secondaries.hasQuorum) return;
    if (this.config.quorumLoss === 'accept' && this.reachable().length >= this.ledger.requiredFor(concern)) return;
    throw this.noQuorum();
  }

  /**
   * Why the largest message this node takes would be rejected with `concern` now; `null` if it would be appended. It goes
   * the way of a write up to the append, so it also waits for room in the log as a write does.
   */
  async refusalOf(concern: WriteConcern): Promise<ReplogError | null> {
    const bytes = encodedLength(MAX_KEY_LENGTH, this.config.maxMessageBytes);
    try {
      this.require(concern);
      await this.writer.requireRoom(bytes, () => this.require(concern));
      return null;
    } catch (error) {
      if (error instanceof ReplogError) return error;
      throw error;
    }
  }

  /** Why a message that is appended now would not be acknowledged often enough; `null` if it would. */
  shortageFor(concern: WriteConcern): string | null {
    const required = this.ledger.requiredFor(concern);
    const exist = this.otherMembers.length;
    const able = this.otherMembers.filter((member) => this.secondaries.isAcknowledging(member)).length;
    if (required > exist) {
      return `It needs ${countOf(required)}, and only ${exist} exist as members: a write is pending until more have joined.`;
    }
    if (required > able) {
      return `It needs ${countOf(required)}, and only ${able} of ${exist} acknowledge now: a write is pending until more do.`;
    }
    return null;
  }

  /** The refusal that names the new master, once another node has deposed this one or received its term. */
  private successor(): ReplogError | null {
    const { master, nodeId } = this.node;
    return master === null || master.nodeId === nodeId ? null : notMaster(master);
  }

  private get otherMembers(): readonly Member[] {
    return this.node.membership.members.filter((member) => member.nodeId !== this.node.nodeId);
  }

  private reachable(): readonly Member[] {
    return this.otherMembers.filter((member) => this.secondaries.isReachable(member));
  }

  private noQuorum(): ReplogError {
    const members = this.node.membership.members.length;
    const reachable = this.reachable().length + 1;
    return new ReplogError(
      'NO_QUORUM',
      `Only ${reachable} of ${members} members are reachable, less than a majority: no message is stored. ` +
        `Repeat the request when GET /secondaries shows enough of them HEALTHY. ${wayOut(this.node.nodeId)}`,
      { retryAfterS: Math.max(1, Math.ceil(this.config.healthcheckDelayMs / 1000)), extra: { reachable, members } },
    );
  }
}

function stalled({ nodeId }: LocalNode): ReplogError {
  const sentence =
    `${nodeId} is the master, and ${storageFault('stalled')}. No message is stored. Repeat the request, or promote ` +
    'another member if it lasts.';
  return new ReplogError('STORAGE_STALLED', sentence, { retryAfterS: 1 });
}

function countOf(secondaries: number): string {
  return secondaries === 1 ? '1 secondary' : `${secondaries} secondaries`;
}
