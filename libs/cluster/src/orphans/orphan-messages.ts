/** The messages of an orphan set, and the key under which each is appended again. */
import { RecordKind, eachRecord } from '@replog/contracts/record.js';
import type { LogPosition, LogRecord } from '@replog/contracts/record.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';

/** Records of other kinds (an epoch start, a membership) have no meaning outside their history. */
export async function* messagesOfOrphans(store: LogStore, id: string): AsyncGenerator<LogRecord, void, undefined> {
  for await (const block of store.readOrphans(id)) {
    for (const record of eachRecord(block)) if (record.kind === RecordKind.Message) yield record;
  }
}

/**
 * The message's own key, or a key made of the place and the chain of the record. A record set aside on two nodes gets
 * the same key on both, so appending both stores it once.
 */
export function reappendKey({ key, epoch, index, chain }: LogRecord): string {
  return key ?? `orphan-${epoch}-${index}-${chain.toString(16).padStart(8, '0')}`;
}

/** Identifies a record: no two records share it. */
export type RecordPlace = Pick<LogPosition, 'index' | 'epoch' | 'chain'>;

const MADE_KEY = /^orphan-(\d+)-(\d+)-([0-9a-f]{8})$/;

/** The record that a made key names: the message stored under the key is a copy of that record. */
export function placeNamedBy(key: string | null): RecordPlace | null {
  const [, epoch, index, chain] = MADE_KEY.exec(key ?? '') ?? [];
  if (epoch === undefined || index === undefined || chain === undefined) return null;
  return { epoch: Number(epoch), index: Number(index), chain: Number.parseInt(chain, 16) };
}
