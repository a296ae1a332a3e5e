/**
 * The only hand that writes to a master's log. Everything in it between "may I" and `store.append` is synchronous, so
 * index, seq and chain of what it encodes cannot be overtaken.
 */
import { Inject, Injectable } from '@nestjs/common';
import { ReplogError, RecordKind, encodePayload, encodeRecords, encodedLength } from '@replog/contracts';
import type { Clock, LogPosition, Membership, RecordDraft } from '@replog/contracts';
import type { LogStore } from '@replog/log-store';
import { CLOCK, LOG_STORE, LocalNode, NODE_CONFIG, notMaster } from '@replog/platform';
import type { NodeConfig } from '@replog/platform';
import { CopyLedger } from './copy-ledger.js';
import { LagMeter } from './lag.js';

export interface NewMessage {
  readonly key: string | null;
  readonly payload: Buffer;
}

/** Where the messages of one append came to lie. */
export interface Appended {
  readonly first: LogPosition;
  readonly last: LogPosition;
  readonly timestampMs: number;
}

@Injectable()
export class LogWriter {
  private readonly listeners = new Set<() => void>();
  private closedBecause: ReplogError | null = null;
  private pausedBecause: ReplogError | null = null;
  /** Bytes of appends that wait until the disk has room for them, or until it is known who is master. */
  private waitingBytes = 0;

  constructor(
    @Inject(LocalNode) private readonly node: LocalNode,
    @Inject(LOG_STORE) private readonly store: LogStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(NODE_CONFIG) private readonly config: NodeConfig,
    @Inject(CopyLedger) private readonly ledger: CopyLedger,
    @Inject(LagMeter) private readonly lag: LagMeter,
  ) {}

  open(): void {
    this.lag.open();
  }

  /** Appends messages in order, as one block. Rejects before anything is taken, or not at all. */
  async appendMessages(messages: readonly NewMessage[], isStillAllowed: () => void): Promise<Appended> {
    const bytes = messages.reduce((sum, { key, payload }) => sum + encodedLength(key?.length ?? 0, payload.length), 0);
    this.requireCapacity(bytes);
    if (this.isHolding || !this.store.hasRoom(bytes)) await this.waitForTurn(bytes);
    isStillAllowed();
    const timestampMs = this.clock.wallMs();
    const { epoch } = this.node;
    return this.append(
      messages.map(({ key, payload }) => ({ kind: RecordKind.Message, epoch, timestampMs, key, payload })),
      timestampMs,
    );
  }

  /** Writes a membership, which is in force from here on. */
  async appendMembership(membership: Membership): Promise<number> {
    const payload = encodePayload(membership);
    const bytes = encodedLength(0, payload.length);
    while (!this.store.hasRoom(bytes)) await this.store.makeRoom(bytes);
    const timestampMs = this.clock.wallMs();
    const draft = { kind: RecordKind.Membership, epoch: this.node.epoch, timestampMs, key: null, payload };
    const { index } = this.append([draft], timestampMs, (last) =>
      this.node.membershipWritten(membership, last.index),
    ).last;
    this.ledger.membersChanged();
    return index;
  }

  /** Nothing more is taken from here on; what was taken goes its way. */
  close(because: ReplogError): void {
    this.closedBecause ??= because;
  }

  /** Nothing is taken until `resume`. */
  pause(because: ReplogError): void {
    this.pausedBecause = because;
  }

  resume(): void {
    this.pausedBecause = null;
  }

  /** Why nothing is taken right now; `null` while it is. */
  get closed(): ReplogError | null {
    return this.closedBecause ?? this.pausedBecause;
  }

  /** Nothing is taken because the master is changing: who comes now waits until it is known who takes it. */
  get isHolding(): boolean {
    return this.closed !== null && this.node.change.over !== null;
  }

  onAppended(listener: () => void): void {
    this.listeners.add(listener);
  }

  private append(drafts: readonly RecordDraft[], timestampMs: number, written?: (last: LogPosition) => void): Appended {
    if (this.closed !== null) throw this.closed;
    if (this.node.office === null) throw notMaster(this.node.master);
    const before = this.store.last;
    const { bytes, last } = encodeRecords(drafts, before);
    this.store.append(bytes);
    this.ledger.hasAppended(last.index);
    this.lag.hasAppended(last.index, drafts.length, bytes.length);
    written?.(last);
    for (const listener of this.listeners) listener();
    return { first: { ...last, index: before.index + 1, seq: before.seq + 1 }, last, timestampMs };
  }

  private async waitForTurn(bytes: number): Promise<void> {
    this.waitingBytes += bytes;
    try {
      while (this.isHolding || (this.closed === null && !this.store.hasRoom(bytes))) {
        await (this.isHolding ? this.node.change.over : this.store.makeRoom(bytes));
      }
    } finally {
      this.waitingBytes -= bytes;
    }
  }

  private requireCapacity(bytes: number): void {
    const inFlight = this.store.pendingBytes + this.waitingBytes;
    if (inFlight + bytes <= this.config.maxInflightBytes) return;
    throw new ReplogError(
      'OVERLOADED',
      `${inFlight} bytes wait for the disk already; ${bytes} more would exceed MAX_INFLIGHT_BYTES ` +
        `(${this.config.maxInflightBytes}). Try again shortly.`,
      { retryAfterS: 1 },
    );
  }
}
