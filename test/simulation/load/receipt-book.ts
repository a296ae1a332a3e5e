/**
 * Checks every receipt against the disks when it is given, and against earlier receipts of the same message. A place
 * that a majority has does not change, whichever master is asked and how often.
 */
import type { BatchReceipt, Receipt, WriteConcern } from '@replog/contracts/views.js';
import { BrokenRule } from '../../checkers/records/broken-rule.js';
import type { StoredRecord } from '../../checkers/records/stored-record.js';
import type { Door } from '../cluster/directory.js';
import type { SimulatedCluster } from '../cluster/simulated-cluster.js';
import { incarnationOn } from '../cluster/state-on-disk.js';

/** The place that a receipt named for a message. */
export interface Place {
  readonly seq: number;
  readonly epoch: number;
  readonly index: number;
}

interface Said extends Place {
  /** Epoch of the master that said a majority has it; `null` before. */
  readonly strongIn: number | null;
}

export interface Judged {
  readonly places: readonly Place[];
  /** Satisfied, by a majority: for good. */
  readonly isStrong: boolean;
}

export class ReceiptBook {
  private readonly said = new Map<string, Said>();

  constructor(private readonly cluster: SimulatedCluster) {}

  /** `texts`: the messages of the write, in order. Called on the master when the receipt is made. */
  judge(door: Door, receipt: Receipt | BatchReceipt, concern: WriteConcern, texts: readonly string[]): Judged {
    const places = placesOf(receipt, texts.length).map((seq, at) => this.find(door, seq, texts[at] as string));
    const isStrong = receipt.outcome === 'satisfied' && isMajority(door, receipt, concern);
    this.checkAcks(door, receipt, concern);
    for (const [at, text] of texts.entries()) this.note(door, text, places[at] as Place, isStrong);
    if (isStrong) this.commit(door, receipt);
    else this.checkPending(door, receipt, concern);
    return { places, isStrong };
  }

  /** The place that the last receipt named; `null` if there is none. */
  placeOf(text: string): Place | null {
    return this.said.get(text) ?? null;
  }

  /** Has a master said that a majority has it? */
  isStrong(text: string): boolean {
    return (this.said.get(text)?.strongIn ?? null) !== null;
  }

  /**
   * Called only if a majority had the message before the question came: a lookup that began earlier may end after the
   * receipt. From then on no master of this epoch or a later one may answer that it does not know the message.
   * `asked`: the place that was looked up. If the message was orphaned there and appended again elsewhere, the answer
   * proves nothing.
   */
  denied(door: Door, text: string, asked: Place | null): void {
    const said = this.said.get(text);
    if (said === undefined || said.strongIn === null || door.node.epoch < said.strongIn) return;
    if (asked !== null && (asked.epoch !== said.epoch || asked.seq !== said.seq)) return;
    const { nodeId, epoch } = door.node;
    throw new BrokenRule(
      'receipt',
      `${nodeId}, master in epoch ${epoch}, knows nothing of message ${said.seq}, which a majority was said to have`,
    );
  }

  private note(door: Door, text: string, place: Place, isStrong: boolean): void {
    const { nodeId, epoch } = door.node;
    const said = this.said.get(text);
    // A master that steps down answers waiting writes with `pending`, by its own log. That binds nobody.
    const strongSince = said?.strongIn ?? null;
    const isOlder = strongSince !== null && (epoch < strongSince || door.node.term === null);
    if (isOlder) return;
    const isFixed = said !== undefined && (said.strongIn !== null || said.epoch === place.epoch);
    if (isFixed && (said.seq !== place.seq || said.index !== place.index || said.epoch !== place.epoch)) {
      const before = `${said.seq} (record ${said.index}, epoch ${said.epoch})`;
      throw new BrokenRule(
        'receipt',
        `${nodeId} says ${place.seq} (record ${place.index}, epoch ${place.epoch}) of what was ${before}`,
      );
    }
    const strongIn = isStrong ? Math.min(epoch, said?.strongIn ?? epoch) : (said?.strongIn ?? null);
    this.said.set(text, { ...place, strongIn });
  }

  /** The record of this message on the master's own disk. Every receipt guarantees that much. */
  private find(door: Door, seq: number, text: string): Place {
    const { nodeId } = door.node;
    const records = this.cluster.logOf(this.cluster.machine(nodeId)).all;
    const record = recordOf(records, seq);
    if (record?.text === text) return record;
    const found = record === undefined ? 'is not on its disk' : `is ${record.text} there`;
    throw new BrokenRule('receipt', `${nodeId} gave a receipt for ${text} as message ${seq}, which ${found}`);
  }

  /**
   * A receipt names no member whose disk came back older, or empty: what it had acknowledged is taken back. What is committed
   * stays so, and so does `majority`: as many names may be missing as there are such members, and today's members may be
   * others than those it was committed by.
   */
  private checkAcks(door: Door, receipt: Receipt | BatchReceipt, concern: WriteConcern): void {
    const { cluster } = this;
    const index = lastIndexOf(receipt);
    const chain = cluster.logOf(cluster.machine(door.node.nodeId)).at(index)?.chain;
    if (chain === undefined) {
      throw new BrokenRule(
        'receipt',
        `${door.node.nodeId} gave a receipt for record ${index}, which is not on its disk`,
      );
    }
    const { acks } = receipt;
    cluster.ledger.receipt(index, chain, acks, (node) => cluster.logOf(cluster.machine(node)).had(index, chain));
    const secondaries = acks.filter(({ role }) => role === 'secondary').length;
    if (receipt.outcome !== 'satisfied' || secondaries >= receipt.writeConcern.secondaries) return;
    const { committed, membershipIndex } = door.node;
    const lack = receipt.writeConcern.secondaries - secondaries;
    const isCommitted = concern === 'majority' && index <= committed;
    if (isCommitted && (membershipIndex > index || lack <= this.takenBack(door))) return;
    throw new BrokenRule(
      'receipt',
      `record ${index} is satisfied at ${receipt.writeConcern.secondaries} secondaries, and names ${secondaries}`,
    );
  }

  /** How many members have another disk than the one they joined with. */
  private takenBack({ node }: Door): number {
    const { members } = node.membership;
    return members.filter(({ nodeId, incarnation }) => incarnationOn(this.cluster.machine(nodeId)) !== incarnation)
      .length;
  }

  /**
   * A write satisfied by a majority stays satisfied. Only a new master says `pending`, until the first record of its
   * epoch is committed.
   */
  private checkPending({ node }: Door, receipt: Receipt | BatchReceipt, concern: WriteConcern): void {
    const { nodeId, term, committed, epoch, membershipIndex } = node;
    if (concern !== 'majority' || term === null || lastIndexOf(receipt) > committed) return;
    // Today's members may hold a different number of copies than the members it was committed by.
    if (membershipIndex > lastIndexOf(receipt)) return;
    if (this.cluster.logOf(this.cluster.machine(nodeId)).at(committed)?.epoch !== epoch) return;
    throw new BrokenRule(
      'receipt',
      `${nodeId} holds record ${lastIndexOf(receipt)} for committed, and says that no majority is known to have it`,
    );
  }

  private commit({ node }: Door, receipt: Receipt | BatchReceipt): void {
    const { nodeId } = node;
    const records = this.cluster.logOf(this.cluster.machine(nodeId)).all;
    this.cluster.ledger.commit(`${nodeId}'s receipt`, { nodeId, records }, lastIndexOf(receipt));
  }
}

/** The seq of each line: duplicates are listed, new ones follow each other. */
function placesOf(receipt: Receipt | BatchReceipt, count: number): number[] {
  if (!('duplicates' in receipt)) return [receipt.seq];
  const known = new Map(receipt.duplicates.map(({ line, seq }) => [line, seq]));
  let next = receipt.seq;
  return Array.from({ length: count }, (_, at) => known.get(at + 1) ?? next++);
}

function isMajority({ node }: Door, receipt: Receipt | BatchReceipt, concern: WriteConcern): boolean {
  const members = node.membership.members.length;
  return concern === 'majority' || concern === 'all' || receipt.writeConcern.copies * 2 > members;
}

function lastIndexOf(receipt: Receipt | BatchReceipt): number {
  return 'lastIndex' in receipt ? receipt.lastIndex : receipt.index;
}

/** Seqs grow along the log, so this is a binary search. */
function recordOf(records: readonly StoredRecord[], seq: number): StoredRecord | undefined {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((records[middle] as StoredRecord).seq < seq) low = middle + 1;
    else high = middle;
  }
  return records[low]?.seq === seq ? records[low] : undefined;
}
