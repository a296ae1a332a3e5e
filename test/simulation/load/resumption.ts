/**
 * Resumes a wait that a timeout or a lost connection ended, by key or by place, at any master. Another message may have
 * the seq by then, if the first was orphaned: a receipt asked for by seq and epoch is of that message or of none.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import type { Receipt, WriteConcern } from '@replog/contracts/views.js';
import { noTermHere } from '@replog/cluster/node/not-master.js';
import { BrokenRule } from '../../checkers/records/broken-rule.js';
import type { Door, MasterDoor } from '../cluster/directory.js';
import type { Clients } from './clients.js';
import type { Line } from './draft.js';
import type { Judged, Place } from './receipt-book.js';

/** The answers that say that the log lacks the message. */
const GONE: ReadonlySet<string> = new Set(['NOT_FOUND', 'HISTORY_CHANGED']);

export type Resumed =
  | { readonly kind: 'receipt'; readonly receipt: Receipt; readonly judged: Judged }
  /** The master's log lacks it: it was orphaned, or never arrived. */
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
  const byPlace = place !== null && (key === null || clients.random.next() < 0.5);
  if (!byPlace && key === null) return null;
  const resumed = await clients.askMaster<Resumed>(timeoutMs + 300, async (door) => {
    const { master } = door;
    if (master === null) throw noTermHere(door.node);
    const wasStrong = clients.book.isStrong(waiting.text);
    const receipt = await receiptOf(master, byPlace ? place : (key as string), concern, timeoutMs);
    const asked = byPlace ? waiting : { ...waiting, place: null };
    return judge(clients, door, receipt, { ...asked, wasStrong }, concern);
  });
  clients.cluster.count(byPlace ? 'waits resumed by place' : 'waits resumed by key');
  return resumed;
}

/** `null`: there is none. */
async function receiptOf(
  { term }: MasterDoor,
  asked: Place | string,
  concern: WriteConcern,
  timeoutMs: number,
): Promise<Receipt | null> {
  const { receipts } = term.writes;
  try {
    return await (typeof asked === 'string'
      ? receipts.ofKey(asked, concern, timeoutMs)
      : receipts.ofPlace(asked, concern, timeoutMs));
  } catch (error) {
    if (error instanceof ReplogError && GONE.has(error.code)) return null;
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
    if (receipt !== null && place !== null) requirePlace(door, receipt, place);
    const isOurs = receipt !== null && (place !== null || receipt.key === key);
    if (isOurs) judged = book.judge(door, receipt, concern, [text]);
    else if (wasStrong) book.denied(door, text, place);
  });
  return receipt === null || judged === null ? { kind: 'gone' } : { kind: 'receipt', receipt, judged };
}

function requirePlace({ node }: Door, receipt: Receipt, { seq, epoch }: Place): void {
  if (receipt.seq === seq && receipt.epoch === epoch) return;
  const sentence = `${node.nodeId} was asked for message ${seq} of epoch ${epoch} and gave the receipt of message ${receipt.seq} of epoch ${receipt.epoch}`;
  throw new BrokenRule('receipt', sentence);
}
