/**
 * The only hand that writes to a master's log. Messages that come in one turn of the event loop are gathered and written
 * as one block at its end: one encoding, one place in the batch for the disk, one frame to each secondary. A single
 * client waits for nobody by that, since its turn ends with its message.
 *
 * What was gathered is as good as written: whatever ends or changes something here (`close`, a transfer, a membership)
 * writes it first.
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

/** Where the messages of one append came to lie. */
export interface Appended {
  /** The first of them; the others follow it without a gap. */
  readonly first: Pick<LogPosition, 'index' | 'seq' | 'epoch'>;
  readonly timestampMs: number;
}

/** What was written at the end of one turn, and where. */
interface Written {
  readonly before: LogPosition;
  readonly last: LogPosition;
  readonly timestampMs: number;
}

/** The messages of this turn so far. */
interface Turn {
  /** Whole batches, and between them what came one by one, in their order. */
  readonly parts: (NewMessage[] | Drafts)[];
  count: number;
  bytes: number;
  /** One for all of them. */
  readonly written: Promise<Written>;
  readonly resolve: (written: Written) => void;
  readonly reject: (error: unknown) => void;
}

/** So much is not gathered any longer: a block of it is as cheap as it gets. */
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
  /** Bytes of appends that wait until the disk has room for them, or until it is known who is master. */
  private waitingBytes = 0;
  /** `null` while nothing has come in this turn. */
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

  /** Appends messages in order and without a gap. Rejects before anything is taken, or not at all. */
  async appendMessages(messages: readonly NewMessage[], isStillAllowed: () => void): Promise<Appended> {
    const bytes = sizeOf(messages);
    this.requireCapacity(bytes);
    while (this.mustWait(bytes)) await this.waitForTurn(bytes);
    isStillAllowed();
    const { turn, place } = this.gather(messages, bytes);
    return placeIn(await turn.written, place);
  }

  /** The same for messages that are drafts already; their blocks are the log's from now on. */
  async appendDrafts(drafts: Drafts, isStillAllowed: () => void): Promise<Appended> {
    this.requireCapacity(drafts.bytes);
    while (this.mustWait(drafts.bytes)) await this.waitForTurn(drafts.bytes);
    isStillAllowed();
    const { turn, place } = this.gatherDrafts(drafts);
    return placeIn(await turn.written, place);
  }

  /** Writes a membership, which is in force from here on. */
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

  /** Nothing more is taken from here on; what was taken goes its way. */
  close(because: ReplogError): void {
    this.endTurn();
    this.closedBecause ??= because;
  }

  /** Writes what was gathered. */
  flush(): void {
    this.endTurn();
  }

  /** Why nothing is taken right now; `null` while it is. */
  get closed(): ReplogError | null {
    if (this.closedBecause !== null) return this.closedBecause;
    const { transferringTo } = this.node;
    return transferringTo === null ? null : transferringTerm(transferringTo);
  }

  /** Nothing is taken because the master is changing: who comes now waits until it is known who takes it. */
  get isHolding(): boolean {
    return this.closed !== null && this.node.change.over !== null;
  }

  /** Adds messages to this turn, whose room was asked for. `place`: how many were before them. */
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

  /** Seals blocks of drafts and puts them into the log. */
  private append(blocks: readonly Buffer[], count: number, written?: (last: LogPosition) => void): Written {
    if (this.closedBecause !== null) throw this.closedBecause;
    if (this.node.term === null) throw notMaster(this.node.master);
    const before = this.store.last;
    const stamp = { epoch: this.node.epoch, timestampMs: this.clock.wallMs() };
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

  /** Until there is room, or until it is known who is master. */
  private mustWait(bytes: number): boolean {
    return this.isHolding || (this.closed === null && !this.hasRoom(bytes));
  }

  /** Beside what was gathered; a turn that is too large for that is ended, and makes room. */
  private hasRoom(bytes: number): boolean {
    if (this.store.hasRoom((this.turn?.bytes ?? 0) + bytes)) return true;
    this.endTurn();
    return this.store.hasRoom(bytes);
  }

  /** Waits once: whether that was enough is asked again, since another may be quicker. */
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
      `${inFlight} bytes wait for the disk already; ${bytes} more would exceed MAX_INFLIGHT_BYTES ` +
        `(${this.config.maxInflightBytes}). Try again shortly.`,
      { retryAfterS: 1 },
    );
  }
}

/** Where the messages of an append lie that had `place` others before it in its turn. */
function placeIn({ before, last, timestampMs }: Written, place: number): Appended {
  return {
    first: { index: before.index + 1 + place, seq: before.seq + 1 + place, epoch: last.epoch },
    timestampMs,
  };
}
