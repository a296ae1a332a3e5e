/** The messages of an orphan set, and the key under which each is appended again. */
import { RecordKind, eachRecord } from '@replog/contracts';
import type { LogRecord } from '@replog/contracts';
import type { LogStore } from '@replog/log-store';

/** Records of other kinds (a start of an epoch, a membership) have no meaning outside their history. */
export async function* messagesOfOrphans(store: LogStore, id: string): AsyncGenerator<LogRecord, void, undefined> {
  for await (const block of store.readOrphans(id)) {
    for (const record of eachRecord(block)) if (record.kind === RecordKind.Message) yield record;
  }
}

/**
 * The message's own key, else one made of what tells its record from every other: its place and its chain. The same
 * record set aside on two nodes gets the same key, so appending both again stores it once.
 */
export function reappendKey({ key, epoch, index, chain }: LogRecord): string {
  return key ?? `orphan-${epoch}-${index}-${chain.toString(16).padStart(8, '0')}`;
}
