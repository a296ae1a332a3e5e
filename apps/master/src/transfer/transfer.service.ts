/**
 * A planned change of master that loses nothing, whatever the concern: new writes are held, the successor gets every record,
 * waiting writes hear how they ended, and only then the term ends. What was held is sent on to the successor as soon as it says
 * that it is master.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { TransferAnswer, TransferRequest } from '@replog/contracts/http.js';
import type { Clock } from '@replog/contracts/ports.js';
import { standingOf } from '@replog/core/membership/membership.js';
import { refuseForeign } from '@replog/core/membership/refuse-foreign.js';
import { transferRefused } from '@replog/core/role/refusals.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { ROLE_REQUESTS } from '@replog/cluster/role/role-requests.port.js';
import type { RoleRequests } from '@replog/cluster/role/role-requests.port.js';
import { CLOCK } from '@replog/runtime/tokens/injection-tokens.js';
import { RegistryService } from '../registry/registry.service.js';
import type { SecondaryEntry } from '../registry/secondary-entry.js';
import { CopyLedger } from '../replication/copy-ledger.js';
import { LogWriter } from '../replication/log-writer.js';
import { WriteConcernService } from '../replication/write-concern.service.js';

/** How long the successor may take to get what it lacks; writes are held for that long at most. */
const CATCH_UP_MS = 5_000;
/** How long waiting writes may take to be met once the successor has everything. */
const SETTLE_MS = 100;

@Injectable()
export class TransferService {
  constructor(
    @Inject(LocalNode) private readonly node: LocalNode,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RegistryService) private readonly registry: RegistryService,
    @Inject(CopyLedger) private readonly ledger: CopyLedger,
    @Inject(LogWriter) private readonly writer: LogWriter,
    @Inject(WriteConcernService) private readonly concerns: WriteConcernService,
    @Inject(ROLE_REQUESTS) private readonly requests: RoleRequests,
  ) {}

  /** Resolves when the term is over. Rejects with TRANSFER_REFUSED, and goes on as master then. */
  async transfer({ clusterId, candidate }: TransferRequest): Promise<TransferAnswer> {
    const { node } = this;
    refuseForeign(node, clusterId, candidate);
    const successor = this.findSuccessor(candidate);
    if (typeof successor === 'string') throw transferRefused(candidate, successor);
    const { epoch } = node;
    await this.requests.transfer(candidate, (signal) => this.catchUp(candidate, signal));
    return { epoch, lastIndex: node.store.last.index };
  }

  private async catchUp(candidate: string, signal: AbortSignal): Promise<void> {
    this.writer.flush();
    const successor = this.findSuccessor(candidate);
    if (typeof successor === 'string') throw new Error(successor);
    const hasEverything = (): boolean => this.ledger.acknowledgedBy(successor.peer) >= this.node.store.last.index;
    await this.until(CATCH_UP_MS, signal, hasEverything);
    if (!hasEverything()) throw new Error(`${candidate} did not catch up within ${CATCH_UP_MS} ms`);
    await this.until(SETTLE_MS, signal, () => this.concerns.waitingCount === 0);
  }

  /** The successor, or why it cannot be one. */
  private findSuccessor(candidate: string): SecondaryEntry | string {
    const entry = this.registry.find(candidate);
    if (entry === undefined || standingOf(this.node.membership, entry.peer) !== 'member') {
      return `${candidate} is no member`;
    }
    return entry.link.state === 'streaming' ? entry : `the link to ${candidate} is ${entry.link.state}`;
  }

  /** Resolves when `holds`, asked after every acknowledgement, when the time is up, or with `signal`. */
  private async until(limitMs: number, signal: AbortSignal, holds: () => boolean): Promise<void> {
    if (holds()) return;
    const done = new AbortController();
    const stop = this.ledger.onProgress(() => {
      if (holds()) done.abort();
    });
    await this.clock.sleep(limitMs, AbortSignal.any([done.signal, signal]));
    stop();
  }
}
