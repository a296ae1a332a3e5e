/**
 * Resumes a wait that a timeout or a lost connection ended, by key or by seq, at any master. Another message may have
 * the seq by then, if the first was orphaned: the epoch tells them apart.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import type { Receipt, WriteConcern } from '@replog/contracts/views.js';
import { noTermHere } from '@replog/cluster/node/not-master.js';
import type { Door, MasterDoor } from '../cluster/directory.js';
import type { Clients } from './clients.js';
import type { Line } from './draft.js';
import type { Judged, Place } from './receipt-book.js';

export type Resumed =
  | { readonly kind: 'receipt'; readonly receipt: Receipt; readonly judged: Judged }
  /** The master's log lacks it, or has another message at its seq: it was orphaned, or never arrived. */
  | { readonly kind: 'gone' };

export interface Waiting extends Line {
  /** As the last receipt said; `null` where none came. */
  readonly place: Place | null;
}

/** `null` if there is nothing to ask by. Rejects like any request. */
export async function resume(
  clients: Clients,
  waiting: Waiting,
  concern: WriteConcern,
  timeoutMs: number,
): Promise<Resumed | null> {
  const { key, place } = waiting;
  const bySeq = place !== null && (key === null || clients.random.next() < 0.5);
  if (!bySeq && key === null) return null;
  const resumed = await clients.askMaster<Resumed>(timeoutMs + 300, async (door) => {
    const { master } = door;
    if (master === null) throw noTermHere(door.node);
    const wasStrong = clients.book.isStrong(waiting.text);
    const receipt = await receiptOf(master, bySeq ? place.seq : (key as string), concern, timeoutMs);
    const asked = bySeq ? waiting : { ...waiting, place: null };
    return judge(clients, door, receipt, { ...asked, wasStrong }, concern);
  });
  clients.cluster.count(bySeq ? 'waits resumed by seq' : 'waits resumed by key');
  return resumed;
}

/** `null`: there is none. */
async function receiptOf(
  { term }: MasterDoor,
  seqOrKey: number | string,
  concern: WriteConcern,
  timeoutMs: number,
): Promise<Receipt | null> {
  const { receipts } = term.writes;
  try {
    return await (typeof seqOrKey === 'number'
      ? receipts.ofSeq(seqOrKey, concern, timeoutMs)
      : receipts.ofKey(seqOrKey, concern, timeoutMs));
  } catch (error) {
    if (error instanceof ReplogError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

/** `place`: the place that was asked for. */
function judge(
  { cluster, book }: Clients,
  door: Door,
  receipt: Receipt | null,
  { text, key, place, wasStrong }: Waiting & { readonly wasStrong: boolean },
  concern: WriteConcern,
): Resumed {
  let judged: Judged | null = null;
  cluster.guard(() => {
    const isOurs = receipt !== null && (receipt.key === null ? receipt.epoch === place?.epoch : receipt.key === key);
    if (isOurs) judged = book.judge(door, receipt, concern, [text]);
    else if (wasStrong) book.denied(door, text, place);
  });
  return receipt === null || judged === null ? { kind: 'gone' } : { kind: 'receipt', receipt, judged };
}
