/** A log in memory and a node around it, for specs of code that reads from them. */
import { encodeRecords } from '@replog/contracts/encode-records.js';
import { encodePayload } from '@replog/contracts/payloads.js';
import { RecordKind } from '@replog/contracts/record.js';
import type { RecordDraft } from '@replog/contracts/record.js';
import { MemoryLogStore } from '@replog/log-store/memory/memory-log-store.js';
import type { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import type { LogDamage } from '@replog/log-store/segment/open-segment-log.js';
import type { DamageReporter } from '@replog/log-store/damage-reporter.port.js';
import type { KnownMaster, NodeView } from '../node/node-view.js';

export const WRITTEN_AT_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

export function messageDraft(payload: string, key: string | null = null, epoch = 1): RecordDraft {
  return { kind: RecordKind.Message, epoch, timestampMs: WRITTEN_AT_MS, key, payload: Buffer.from(payload) };
}

export function epochDraft(epoch: number): RecordDraft {
  const payload = encodePayload({ clusterId: 'c', master: 'm' });
  return { kind: RecordKind.EpochStart, epoch, timestampMs: WRITTEN_AT_MS, key: null, payload };
}

/** Counts reads, can hold back its sync, and fails on request. */
export class WatchedLogStore extends MemoryLogStore {
  reads = 0;
  damage: CorruptRecordError | null = null;

  override read(fromIndex: number, options: { maxBytes: number; upTo?: number }): Promise<Buffer> {
    this.reads++;
    const { damage } = this;
    if (damage !== null && fromIndex >= damage.index) return Promise.reject(damage);
    const upTo = Math.min(options.upTo ?? Infinity, (damage?.index ?? Infinity) - 1);
    return super.read(fromIndex, Number.isFinite(upTo) ? { ...options, upTo } : options);
  }

  put(...drafts: readonly RecordDraft[]): void {
    this.append(encodeRecords(drafts, this.last).bytes);
  }

  /** Messages `from` … `to`; the payload of each is its number. */
  async write(from: number, to: number): Promise<void> {
    const drafts = Array.from({ length: to - from + 1 }, (_, place) => messageDraft(String(from + place)));
    this.put(...drafts);
    await this.whenDurable(this.last.index);
  }
}

export class FakeNode implements NodeView {
  readonly orphans = { totals: null };
  refusesReads: string | null = null;
  readonly nodeId = 'm';
  readonly incarnation = 'i';
  readonly clusterId = 'c';
  readonly role = 'master';
  holdsTerm = true;
  readonly epoch = 1;
  master: KnownMaster | null = null;
  readonly storage = 'ok';
  readonly notReady = null;
  committed = 0;
  damage: LogDamage | null = null;
  readonly listeners = new Set<(committed: number) => void>();
  confirmTerm: () => Promise<number> = () => Promise.resolve(this.committed);

  commit(index: number): void {
    this.committed = index;
    for (const listener of this.listeners) listener(index);
  }

  onCommitted(listener: (committed: number) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

export class DamageList implements DamageReporter {
  readonly reported: CorruptRecordError[] = [];

  report(error: CorruptRecordError): void {
    this.reported.push(error);
  }
}
