/** How a set of records that were set aside is named and described, alike in every store. */
import type { LogPosition } from '@replog/contracts/record.js';
import type { OrphanReason, OrphanSet } from '../log-store.port.js';

/** The id says what it is, and is no name twice even where the same range is set aside again. */
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
