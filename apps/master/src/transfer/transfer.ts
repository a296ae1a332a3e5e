/**
 * A planned change of master that loses nothing, whatever the concern: the master holds new writes, the successor gets
 * every record, waiting writes get their outcome, and then the term ends. Held writes are forwarded to the successor as
 * soon as it says that it is master.
 */
import type { TransferAnswer, TransferRequest } from '@replog/contracts/http.js';
import type { Clock } from '@replog/contracts/ports.js';
import { standingOf } from '@replog/core/membership/membership.js';
import { refuseForeign } from '@replog/core/membership/refuse-foreign.js';
import { transferRefused } from '@replog/core/role/refusals.js';
import { storageFault } from '@replog/core/storage/storage-state.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import type { Secondaries } from '../registry/secondaries.js';
import type { SecondaryEntry } from '../registry/secondary-entry.js';
import type { ConcernWaits } from '../replication/concern-waits.js';
import type { CopyLedger } from '../replication/copy-ledger.js';
import type { LogWriter } from '../replication/log-writer.js';

/** How long the successor may take to catch up; writes are held for that long at most. */
const CATCH_UP_MS = 5_000;
/** How long waiting writes may take once the successor has every record. */
const SETTLE_MS = 100;

interface TransferReplication {
  readonly ledger: CopyLedger;
  readonly writer: LogWriter;
  readonly waits: ConcernWaits;
}

export class Transfer {
  private readonly node: LocalNode;
  private readonly clock: Clock;

  constructor(
    { node, clock }: { readonly node: LocalNode; readonly clock: Clock },
    private readonly secondaries: Pick<Secondaries, 'find'>,
    private readonly replication: TransferReplication,
  ) {
    this.node = node;
    this.clock = clock;
  }

  /** Resolves when the term is over. On TRANSFER_REFUSED this node stays master. */
  async transfer({ clusterId, candidate }: TransferRequest): Promise<TransferAnswer> {
    const { node } = this;
    refuseForeign(node, clusterId, candidate);
    // Its term ends only when everything it took is durable.
    if (node.isStalled) throw transferRefused(candidate, storageFault('stalled') as string);
    const successor = this.findSuccessor(candidate);
    if (typeof successor === 'string') throw transferRefused(candidate, successor);
    const { epoch } = node;
    await node.roles.requests.transfer(candidate, (signal) => this.catchUp(candidate, signal));
    return { epoch, lastIndex: node.store.last.index };
  }

  private async catchUp(candidate: string, signal: AbortSignal): Promise<void> {
    const { ledger, writer, waits } = this.replication;
    writer.flush();
    const successor = this.findSuccessor(candidate);
    if (typeof successor === 'string') throw new Error(successor);
    const hasEverything = (): boolean => ledger.acknowledgedBy(successor.peer) >= this.node.store.last.index;
    await this.until(CATCH_UP_MS, signal, hasEverything);
    if (!hasEverything()) throw new Error(`${candidate} did not catch up within ${CATCH_UP_MS} ms`);
    await this.until(SETTLE_MS, signal, () => waits.waitingCount === 0);
  }

  /** The successor, or the reason why it is refused. */
  private findSuccessor(candidate: string): SecondaryEntry | string {
    const entry = this.secondaries.find(candidate);
    if (entry === undefined || standingOf(this.node.membership, entry.peer) !== 'member') {
      return `${candidate} is not a member`;
    }
    return entry.link.state === 'streaming' ? entry : `the link to ${candidate} is ${entry.link.state}`;
  }

  /** Resolves when `holds` is true (checked after every acknowledgement), after `limitMs`, or with `signal`. */
  private async until(limitMs: number, signal: AbortSignal, holds: () => boolean): Promise<void> {
    if (holds()) return;
    const done = new AbortController();
    const stop = this.replication.ledger.onProgress(() => {
      if (holds()) done.abort();
    });
    await this.clock.sleep(limitMs, AbortSignal.any([done.signal, signal]));
    stop();
  }
}
