/**
 * The only writer to a master's log. It gathers the messages of one turn of the event loop and writes them as one block at
 * its end: one encoding, one entry in the disk batch, one frame to each secondary. A single client does not wait: its turn
 * ends with its message.
 *
 * A gathered message counts as written: `close`, a transfer and a membership change write it first.
 */
import { sealDrafts } from '@replog/contracts/encode-records.js';
import { ReplogError } from '@replog/contracts/errors.js';
import { APPEND_FRAME_BYTES } from '@replog/contracts/limits.js';
import { encodePayload } from '@replog/contracts/payloads.js';
import { RecordKind } from '@replog/contracts/record.js';
import type { Membership } from '@replog/contracts/payloads.js';
import type { Clock } from '@replog/contracts/ports.js';
import type { LogPosition } from '@replog/contracts/record.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import { notMaster } from '@replog/cluster/node/not-master.js';
import { transferringTerm } from '@replog/cluster/node/transferring-term.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { CopyLedger } from './copy-ledger.js';
import { draftOf, draftsOf, sizeOf } from './drafts.js';
import type { Drafts, NewMessage } from './drafts.js';
import type { LagMeter } from './lag.js';
import type { Links } from './links.js';

/** The positions of the messages of one append. */
export interface Appended {
  /** The first message; the others follow without a gap. */
  readonly first: Pick<LogPosition, 'index' | 'seq' | 'epoch'>;
  readonly timestampMs: number;
}

/** The result of one turn: what was written, and where. */
interface Written {
  readonly before: LogPosition;
  readonly last: LogPosition;
  readonly timestampMs: number;
}

/** The messages of this turn so far. */
interface Turn {
  /** Whole batches and runs of single messages, in order. */
  readonly parts: (NewMessage[] | Drafts)[];
  count: number;
  bytes: number;
  /** Shared by all messages of the turn. */
  readonly written: Promise<Written>;
  readonly resolve: (written: Written) => void;
  readonly reject: (error: unknown) => void;
}

/** Larger appends are not gathered: a bigger block saves nothing. */
const MAX_GATHERED_BYTES = APPEND_FRAME_BYTES;

interface WriterPorts {
  readonly node: LocalNode;
  readonly clock: Clock;
  readonly config: NodeConfig;
}

export class LogWriter {
  private readonly node: LocalNode;
  private readonly store: LogStore;
  private readonly clock: Clock;
  private readonly config: NodeConfig;
  private closedBecause: ReplogError | null = null;
  /** Bytes of appends that wait for the disk, or for the outcome of a change of master. */
  private waitingBytes = 0;
  /** `null` until the first message of this turn. */
  private turn: Turn | null = null;

  constructor(
    { node, clock, config }: WriterPorts,
    private readonly ledger: Pick<CopyLedger, 'hasAppended' | 'membersChanged'>,
    private readonly lag: Pick<LagMeter, 'hasAppended'>,
    private readonly links: Pick<Links, 'wake'>,
  ) {
    this.node = node;
    this.store = node.store;
    this.clock = clock;
    this.config = config;
  }

  /** Appends messages in order and without a gap. If it rejects, nothing was appended. */
  async appendMessages(messages: readonly NewMessage[], isStillAllowed: () => void): Promise<Appended> {
    const bytes = sizeOf(messages);
    this.requireCapacity(bytes);
    while (this.mustWait(bytes)) await this.waitForTurn(bytes);
    isStillAllowed();
    const { turn, place } = this.gather(messages, bytes);
    return placeIn(await turn.written, place);
  }

  /** The same for drafts; the log owns their blocks from now on. */
  async appendDrafts(drafts: Drafts, isStillAllowed: () => void): Promise<Appended> {
    this.requireCapacity(drafts.bytes);
    while (this.mustWait(drafts.bytes)) await this.waitForTurn(drafts.bytes);
    isStillAllowed();
    const { turn, place } = this.gatherDrafts(drafts);
    return placeIn(await turn.written, place);
  }

  /** Rejects as an append of `bytes` would now, and appends nothing. While the master changes it does not wait. */
  async requireRoom(bytes: number, isStillAllowed: () => void): Promise<void> {
    this.requireCapacity(bytes);
    while (this.mustWait(bytes)) {
      if (this.isHolding) throw this.closed as ReplogError;
      await this.waitForTurn(bytes);
    }
    isStillAllowed();
  }

  /** Writes a membership. It is in force from then on. */
  async appendMembership(membership: Membership): Promise<number> {
    const payload = encodePayload(membership);
    const block = draftOf(RecordKind.Membership, payload);
    while (!this.hasRoom(block.length)) await this.store.makeRoom(block.length);
    if (this.closed !== null) throw this.closed;
    this.endTurn();
    const { last } = this.append([block], 1, (written) => this.node.membershipWritten(membership, written.index));
    this.ledger.membersChanged();
    return last.index;
  }

  /** Writes what was gathered and refuses later appends. */
  close(because: ReplogError): void {
    this.endTurn();
    this.closedBecause ??= because;
  }

  /** Writes the gathered messages. */
  flush(): void {
    this.endTurn();
  }

  /** Why appends are refused right now; `null` while they are accepted. */
  get closed(): ReplogError | null {
    if (this.closedBecause !== null) return this.closedBecause;
    const { transferringTo } = this.node;
    return transferringTo === null ? null : transferringTerm(transferringTo);
  }

  /** The master is changing: new writes wait until the new master is known. */
  get isHolding(): boolean {
    return this.closed !== null && this.node.change.over !== null;
  }

  /** Adds messages to this turn; the caller has checked for room. `place`: number of messages before them. */
  private gather(messages: readonly NewMessage[], bytes: number): { turn: Turn; place: number } {
    const turn = (this.turn ??= this.beginTurn());
    const newest = turn.parts.at(-1);
    if (Array.isArray(newest)) for (const message of messages) newest.push(message);
    else turn.parts.push([...messages]);
    return this.gathered(turn, messages.length, bytes);
  }

  private gatherDrafts(drafts: Drafts): { turn: Turn; place: number } {
    const turn = (this.turn ??= this.beginTurn());
    turn.parts.push(drafts);
    return this.gathered(turn, drafts.count, drafts.bytes);
  }

  private gathered(turn: Turn, count: number, bytes: number): { turn: Turn; place: number } {
    const place = turn.count;
    turn.count += count;
    turn.bytes += bytes;
    if (turn.bytes > MAX_GATHERED_BYTES) this.endTurn();
    return { turn, place };
  }

  private beginTurn(): Turn {
    this.clock.soon(() => this.endTurn());
    let resolve: Turn['resolve'] = () => undefined;
    let reject: Turn['reject'] = () => undefined;
    const written = new Promise<Written>((...settle) => ([resolve, reject] = settle));
    return { parts: [], count: 0, bytes: 0, written, resolve, reject };
  }

  private endTurn(): void {
    const { turn } = this;
    if (turn === null) return;
    this.turn = null;
    try {
      const blocks = turn.parts.flatMap((part) => (Array.isArray(part) ? draftsOf(part) : part).blocks);
      turn.resolve(this.append(blocks, turn.count));
    } catch (error) {
      turn.reject(error);
    }
  }

  private append(blocks: readonly Buffer[], count: number, written?: (last: LogPosition) => void): Written {
    if (this.closedBecause !== null) throw this.closedBecause;
    if (this.node.term === null) throw notMaster(this.node.master);
    const before = this.store.last;
    const stamp = { epoch: this.node.epoch, timestampMs: this.node.times.at(this.clock.wallMs()) };
    let last = before;
    let bytes = 0;
    for (const block of blocks) {
      last = sealDrafts(block, stamp, last);
      this.store.append(block);
      bytes += block.length;
    }
    this.ledger.hasAppended(last.index);
    this.lag.hasAppended(last.index, count, bytes);
    written?.(last);
    this.links.wake();
    return { before, last, timestampMs: stamp.timestampMs };
  }

  private mustWait(bytes: number): boolean {
    return this.isHolding || (this.closed === null && !this.hasRoom(bytes));
  }

  /** Counts the gathered messages too; a turn that grows too large is written first to make room. */
  private hasRoom(bytes: number): boolean {
    if (this.store.hasRoom((this.turn?.bytes ?? 0) + bytes)) return true;
    this.endTurn();
    return this.store.hasRoom(bytes);
  }

  /** Waits once; the caller checks again, since another append may have taken the room. */
  private async waitForTurn(bytes: number): Promise<void> {
    this.waitingBytes += bytes;
    try {
      await (this.isHolding ? this.node.change.over : this.store.makeRoom(bytes));
    } finally {
      this.waitingBytes -= bytes;
    }
  }

  private requireCapacity(bytes: number): void {
    const inFlight = this.store.pendingBytes + this.waitingBytes + (this.turn?.bytes ?? 0);
    if (inFlight + bytes <= this.config.maxInflightBytes) return;
    throw new ReplogError(
      'OVERLOADED',
      `${inFlight} bytes already wait for the disk; ${bytes} more would exceed MAX_INFLIGHT_BYTES ` +
        `(${this.config.maxInflightBytes}). Try again shortly.`,
      { retryAfterS: 1 },
    );
  }
}

/** The positions of an append with `place` messages before it in its turn. */
function placeIn({ before, last, timestampMs }: Written, place: number): Appended {
  return {
    first: { index: before.index + 1 + place, seq: before.seq + 1 + place, epoch: last.epoch },
    timestampMs,
  };
}
