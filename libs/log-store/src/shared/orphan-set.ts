/** The name and description of an orphan set, the same in every store. */
import type { LogPosition } from '@replog/contracts/record.js';
import type { OrphanReason, OrphanSet } from '../log-store.port.js';

/** An id that says what the set is. It is unique even if the same range is set aside twice. */
export function orphanSetId(
  reason: OrphanReason,
  firstIndex: number,
  lastIndex: number,
  taken: ReadonlySet<string>,
): string {
  const name = `epoch-${reason.epoch}-records-${firstIndex}-${lastIndex}`;
  let id = name;
  for (let number = 2; taken.has(id); number++) id = `${name}-${number}`;
  return id;
}

export function describeOrphans(
  id: string,
  reason: OrphanReason,
  before: LogPosition,
  last: LogPosition,
  bytes: number,
  wallMs: number,
): OrphanSet {
  return {
    id,
    epoch: reason.epoch,
    master: reason.master,
    firstIndex: before.index + 1,
    lastIndex: last.index,
    firstSeq: before.seq + 1,
    lastSeq: last.seq,
    messages: last.seq - before.seq,
    bytes,
    setAsideAt: new Date(wallMs).toISOString(),
  };
}
