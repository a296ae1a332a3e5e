/** A write request at the master. Its answer is checked there, at the moment it is given. */
import type { BatchReceipt, Receipt, WriteConcern } from '@replog/contracts/views.js';
import { BatchParser } from '@replog/master/writes/parsing/parse-batch.js';
import type { Door, MasterDoor } from '../cluster/directory.js';
import type { Clients } from './clients.js';
import { bodyOf } from './draft.js';
import type { Draft } from './draft.js';
import type { Judged } from './receipt-book.js';

export interface Wanted {
  readonly concern: WriteConcern;
  readonly timeoutMs: number;
  /** The body of a batch comes in pieces of so many bytes, each this long after the one before. */
  readonly pieces: { readonly bytes: number; readonly everyMs: number };
}

export interface Submitted {
  readonly receipt: Receipt | BatchReceipt;
  readonly judged: Judged | null;
}

/** Called on the master. Rejects like any request. */
export async function submit(clients: Clients, door: Door, draft: Draft, wanted: Wanted): Promise<Submitted> {
  const master = await door.masterForWrite();
  const { cluster, book } = clients;
  const receipt = await appendAt(clients, door, master, draft, wanted);
  const texts = draft.map(({ text }) => text);
  let judged: Judged | null = null;
  cluster.guard(() => {
    judged = book.judge(door, receipt, wanted.concern, texts);
    noteKept(clients, door, master.term.start.epoch, receipt, texts);
  });
  return { receipt, judged };
}

async function appendAt(
  { cluster }: Clients,
  { node }: Door,
  { term, bodies, config }: MasterDoor,
  draft: Draft,
  { concern, timeoutMs, pieces }: Wanted,
): Promise<Receipt | BatchReceipt> {
  const [only] = draft;
  if (draft.length === 1 && only !== undefined) {
    return term.writes.appends.append({ key: only.key, payload: Buffer.from(only.text) }, { concern, timeoutMs });
  }
  const { process } = cluster.machine(node.nodeId);
  const pause = async (): Promise<void> => {
    // The pieces go to this process, not to the one started after it.
    if (pieces.everyMs > 0) await process?.wait(pieces.everyMs);
  };
  const { maxMessageBytes, maxInflightBytes, segmentBytes } = config;
  const limits = { maxMessageBytes, maxBatchBytes: Math.min(maxInflightBytes, segmentBytes) };
  const body = bodyOf(draft, pieces.bytes, pause);
  const lines = await bodies.holding(async (add) => {
    const parser = new BatchParser(limits);
    for await (const chunk of body) {
      add(chunk.length);
      parser.push(chunk);
    }
    return parser.end();
  });
  return term.writes.appends.appendBatch(lines, { concern, timeoutMs });
}

/** A receipt of this term: its record must be kept, and be in the history of a successor by transfer. */
function noteKept(
  { cluster }: Clients,
  { node }: Door,
  epoch: number,
  receipt: Receipt | BatchReceipt,
  texts: readonly string[],
): void {
  const lastIndex = 'lastIndex' in receipt ? receipt.lastIndex : receipt.index;
  const record = cluster.logOf(cluster.machine(node.nodeId)).at(lastIndex);
  if (record !== undefined) cluster.transfers.acknowledged(epoch, record);
  for (const text of texts) cluster.kept.acknowledged(text, node.nodeId);
}
