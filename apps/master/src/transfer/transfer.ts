/**
 * A planned change of master that loses nothing, whatever the concern: new writes are held, the successor gets
 * everything that was taken, who waits hears how it ended, and only then this master leaves. What was held is sent on to
 * the successor as soon as it says that it is in office.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import type { TransferAnswer, TransferRequest } from '@replog/contracts/http.js';
import type { Clock } from '@replog/contracts/ports.js';
import { standingOf } from '@replog/core/membership/membership.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import { refuseForeign } from '@replog/core/membership/refuse-foreign.js';
import type { Secondaries } from '../registry/secondaries.js';
import type { SecondaryEntry } from '../registry/secondary-entry.js';
import type { ConcernWaits } from '../replication/concern-waits.js';
import type { CopyLedger } from '../replication/copy-ledger.js';
import type { LogWriter } from '../replication/log-writer.js';

/** How long the successor may take to get what it lacks; writes are paused for that long at most. */
const CATCH_UP_MS = 5_000;
/** How long writes that wait may take to be met once the successor has everything. */
const SETTLE_MS = 100;

interface TransferReplication {
  readonly ledger: CopyLedger;
  readonly writer: LogWriter;
  readonly waits: ConcernWaits;
}

export class Transfer {
  private readonly node: LocalNode;
  private readonly clock: Clock;
  private readonly ledger: CopyLedger;
  private readonly writer: LogWriter;
  private readonly waits: ConcernWaits;

  constructor(
    { node, clock }: { readonly node: LocalNode; readonly clock: Clock },
    private readonly secondaries: Pick<Secondaries, 'find'>,
    { ledger, writer, waits }: TransferReplication,
    private readonly endTerm: (because: ReplogError) => Promise<void>,
  ) {
    this.node = node;
    this.clock = clock;
    this.ledger = ledger;
    this.writer = writer;
    this.waits = waits;
  }

  /** Resolves when the term of this node has ended. Rejects with TRANSFER_REFUSED, and goes on as master then. */
  async transfer({ clusterId, candidate }: TransferRequest): Promise<TransferAnswer> {
    refuseForeign(this.node, clusterId, candidate);
    const successor = this.requireSuccessor(candidate);
    this.writer.pause(pausedFor(candidate));
    this.node.change.begin(this.clock);
    try {
      await this.until(CATCH_UP_MS, () => this.ledger.acknowledgedBy(successor.peer) >= this.node.store.last.index);
      if (this.ledger.acknowledgedBy(successor.peer) < this.node.store.last.index) throw tooSlow(candidate);
    } catch (error) {
      this.writer.resume();
      this.node.change.end();
      throw error;
    }
    await this.until(SETTLE_MS, () => this.waits.waitingCount === 0);
    const { epoch } = this.node;
    await this.endTerm(pausedFor(candidate));
    this.node.transferred(candidate);
    return { epoch, lastIndex: this.node.store.last.index };
  }

  private requireSuccessor(candidate: string): SecondaryEntry {
    if (this.writer.closed !== null) throw refused(candidate, 'it is giving up office already');
    const entry = this.secondaries.find(candidate);
    const isMember = entry !== undefined && standingOf(this.node.membership, entry.peer) === 'member';
    if (isMember && entry.link.state === 'streaming') return entry;
    throw refused(
      candidate,
      isMember ? `the link to ${candidate} is ${entry.link.state}` : `${candidate} is no member`,
    );
  }

  /** Resolves when `holds`, asked after every acknowledgement, or when the time is up. */
  private async until(limitMs: number, holds: () => boolean): Promise<void> {
    if (holds()) return;
    const done = new AbortController();
    const stop = this.ledger.onProgress(() => {
      if (holds()) done.abort();
    });
    await this.clock.sleep(limitMs, done.signal);
    stop();
  }
}

function pausedFor(candidate: string): ReplogError {
  const sentence = `This master is handing over to ${candidate}. Repeat the request: it is not stored.`;
  return new ReplogError('NO_MASTER', sentence, { retryAfterS: 1 });
}

function refused(candidate: string, why: string): ReplogError {
  return new ReplogError('TRANSFER_REFUSED', `This master does not hand over to ${candidate}: ${why}.`);
}

function tooSlow(candidate: string): ReplogError {
  const sentence = `${candidate} did not catch up within ${CATCH_UP_MS} ms: this master goes on.`;
  return new ReplogError('TRANSFER_REFUSED', sentence);
}
