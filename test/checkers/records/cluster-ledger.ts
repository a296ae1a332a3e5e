/**
 * What a run has acknowledged and committed so far, and whether every node keeps it. It is told of every event as it
 * happens, and throws at the first broken rule.
 */
import { RecordKind } from '@replog/contracts/record.js';
import type { AckView } from '@replog/contracts/views.js';
import { BrokenRule } from './broken-rule.js';
import type { StoredRecord } from './stored-record.js';

export interface Committed {
  readonly index: number;
  readonly chain: number;
  /** Who said so. */
  readonly by: string;
  /** The newest epoch with a master at that time: the record was committed in it or before. */
  readonly inEpoch: number;
}

export interface LogOf {
  readonly nodeId: string;
  readonly records: readonly StoredRecord[];
}

export class ClusterLedger {
  /** The committed record of each index, at index - 1. */
  private readonly committed: Committed[] = [];
  private readonly masters = new Map<number, string>();
  /** The one start-of-epoch record of each epoch. */
  private readonly epochStarts = new Map<number, string>();
  /** Texts of messages whose writer was told that they are in no log. */
  private readonly rejected = new Set<string>();
  /** Texts of messages that are, or were, durable anywhere. */
  private readonly logged = new Map<string, string>();
  /** What readers were shown as committed, by seq. */
  private readonly shown = new Map<number, string>();
  /** By process: up to where its log agreed, and the chain there. */
  private readonly verified = new Map<string, { readonly upTo: number; readonly chain: number }>();
  /** The cluster of the run: the first one that was founded. */
  private clusterId: string | null = null;
  /** Nodes whose log begins with the founding of another cluster. */
  private readonly strays = new Set<string>();

  get committedIndex(): number {
    return this.committed.length;
  }

  /**
   * Is this the log of a second cluster? A wiped node that starts as master founds one, and gives it up when it hears of its
   * own. Until then nothing in it counts, and it must take no message.
   */
  isStray(records: readonly StoredRecord[]): boolean {
    const [first] = records;
    return first?.kind === RecordKind.EpochStart && this.clusterId !== null && founderOf(first) !== this.clusterId;
  }

  /** The same by the state of a node: it names its cluster also where a repair has taken the log. */
  isOtherCluster(clusterId: string | null): boolean {
    return clusterId !== null && this.clusterId !== null && clusterId !== this.clusterId;
  }

  committedAt(index: number): Committed | undefined {
    return this.committed[index - 1];
  }

  /**
   * `who` began its term. Its log must have everything committed before its epoch. A slow winner may begin after a newer
   * epoch has: it can commit nothing, and need not know what the newer epoch committed.
   */
  startedTerm(epoch: number, who: string, nodeId: string, records: readonly StoredRecord[]): void {
    if (this.isStray(records)) return;
    const other = this.masters.get(epoch);
    if (other !== undefined && other !== who) {
      throw new BrokenRule('one-master', `epoch ${epoch} has two masters: ${other} and ${who}`);
    }
    this.masters.set(epoch, who);
    const newer = this.committed.findIndex(({ inEpoch }) => inEpoch > epoch);
    const upTo = newer < 0 ? this.committed.length : newer;
    this.requireCommitted({ nodeId, records }, upTo, 'durability', `became master in epoch ${epoch}`);
  }

  /**
   * The master of `epoch` has just moved its committed index to `record`. `holders` counts the members, of `members`,
   * that have, or had, it durable.
   */
  masterCommits(by: string, epoch: number, record: StoredRecord, holders: number, members: number): void {
    const what = `${by}, master in epoch ${epoch}, holds record ${record.index} for committed`;
    if (record.epoch !== epoch) {
      throw new BrokenRule('commitment', `${what}, which is of epoch ${record.epoch} and followed by none of its own`);
    }
    if (holders * 2 > members) return;
    throw new BrokenRule('commitment', `${what}, but only ${holders} of ${members} members have it durable`);
  }

  /** Everything up to `index` is committed, says `by`, whose log has `records`. */
  commit(by: string, log: LogOf, index: number): void {
    if (this.isStray(log.records)) return;
    const before = this.verified.get(by);
    // After a force it may have given up what it held for committed, and has to agree from the start again.
    const isAsBefore = before !== undefined && log.records[before.upTo - 1]?.chain === before.chain;
    const from = isAsBefore ? before.upTo : 0;
    const upTo = Math.min(index, log.records.length);
    for (let place = from; place < upTo; place++) {
      const { chain, epoch } = log.records[place] as StoredRecord;
      const known = this.committed[place];
      if (known === undefined) this.committed.push({ index: place + 1, chain, by, inEpoch: this.newestEpoch });
      else if (known.chain !== chain) {
        throw new BrokenRule(
          'agreement',
          `${by} holds record ${place + 1} (epoch ${epoch}) for committed, ${known.by} had another there`,
        );
      }
    }
    if (upTo > from) this.verified.set(by, { upTo, chain: (log.records[upTo - 1] as StoredRecord).chain });
  }

  private get newestEpoch(): number {
    return Math.max(0, ...this.masters.keys());
  }

  /**
   * A forced promotion with `log`. Records it lacks may be lost, unless one of `present` has them. From here on, what is in
   * `log` counts as committed. Answers how many committed records are lost.
   */
  forced(log: LogOf, present: readonly LogOf[]): number {
    const parts = this.committed.findIndex(({ chain }, place) => log.records[place]?.chain !== chain);
    if (parts < 0) return 0;
    for (const { index, chain } of this.committed.slice(parts)) {
      const holder = present.find(({ records }) => records[index - 1]?.chain === chain);
      if (holder === undefined) continue;
      const sentence = `${log.nodeId} was promoted by force without record ${index}, which ${holder.nodeId} had`;
      throw new BrokenRule('force', sentence);
    }
    const lost = this.committed.splice(parts).length;
    const lastSeq = log.records[parts - 1]?.seq ?? 0;
    for (const seq of [...this.shown.keys()]) if (seq > lastSeq) this.shown.delete(seq);
    return lost;
  }

  acknowledged(nodeId: string, index: number, durableIndex: number): void {
    if (index <= durableIndex) return;
    throw new BrokenRule(
      'acknowledgement',
      `${nodeId} acknowledged record ${index}, but only ${durableIndex} are on its disk`,
    );
  }

  /** A receipt names `acks` for the record at `index`. `had`: was it ever durable there? */
  receipt(index: number, chain: number, acks: readonly AckView[], had: (nodeId: string) => boolean): void {
    for (const { node } of acks) {
      if (had(node)) continue;
      throw new BrokenRule(
        'receipt',
        `the receipt of record ${index} names ${node}, which never had it durable (${chain})`,
      );
    }
  }

  becameDurable(nodeId: string, record: StoredRecord): void {
    const { kind, text, epoch, index, chain } = record;
    if (index === 1) this.noteFounder(nodeId, record);
    if (this.strays.has(nodeId)) {
      if (kind !== RecordKind.Message) return;
      throw new BrokenRule('one-cluster', `${text} is in the log of a second cluster, which ${nodeId} has founded`);
    }
    if (kind === RecordKind.Message) {
      this.logged.set(text, nodeId);
      if (this.rejected.has(text)) throw this.rejectedBut(text, nodeId);
    }
    if (kind !== RecordKind.EpochStart) return;
    const place = `${index}/${chain}`;
    const known = this.epochStarts.get(epoch);
    if (known !== undefined && known !== place) {
      throw new BrokenRule('one-master', `epoch ${epoch} begins at ${known} and, on ${nodeId}, at ${place}`);
    }
    this.epochStarts.set(epoch, place);
  }

  private noteFounder(nodeId: string, record: StoredRecord): void {
    if (record.kind === RecordKind.EpochStart) this.clusterId ??= founderOf(record);
    if (this.isStray([record])) this.strays.add(nodeId);
    else this.strays.delete(nodeId);
  }

  wasRejected(text: string): void {
    this.rejected.add(text);
    const nodeId = this.logged.get(text);
    if (nodeId !== undefined) throw this.rejectedBut(text, nodeId);
  }

  showed(nodeId: string, seq: number, text: string): void {
    const known = this.shown.get(seq);
    if (known !== undefined && known !== text) {
      throw new BrokenRule('read', `message ${seq} was shown as committed, and on ${nodeId} it is another one now`);
    }
    this.shown.set(seq, text);
  }

  /** At the end, when all nodes have caught up. */
  requireAll(log: LogOf): void {
    this.requireCommitted(log, this.committed.length, 'durability', 'ends the run');
    const texts = new Map(log.records.filter(isMessage).map((record) => [record.seq, record.text]));
    for (const [seq, text] of this.shown) {
      if (texts.get(seq) === text) continue;
      throw new BrokenRule('read', `message ${seq} was shown as committed, and is not on ${log.nodeId} in the end`);
    }
    const keys = new Map<string, number>();
    for (const { key, index } of log.records) {
      const first = key === null ? undefined : keys.get(key);
      if (first !== undefined) {
        throw new BrokenRule('keys', `${log.nodeId} has the key ${key} at ${first} and again at ${index}`);
      }
      if (key !== null) keys.set(key, index);
    }
  }

  private requireCommitted({ nodeId, records }: LogOf, upTo: number, rule: 'durability', what: string): void {
    for (let place = 0; place < upTo; place++) {
      const { chain, by } = this.committed[place] as Committed;
      if (records[place]?.chain === chain) continue;
      const found = records[place] === undefined ? 'has no such record' : 'has another one there';
      throw new BrokenRule(rule, `record ${place + 1} was committed (${by}), but ${nodeId}, which ${what}, ${found}`);
    }
  }

  private rejectedBut(text: string, nodeId: string): BrokenRule {
    return new BrokenRule('rejected', `${text} was rejected, but it is or was in the log of ${nodeId}`);
  }
}

/** The cluster that an epoch-start record names. */
function founderOf({ text }: StoredRecord): string {
  return (JSON.parse(text) as { clusterId: string }).clusterId;
}

function isMessage({ kind }: StoredRecord): boolean {
  return kind === RecordKind.Message;
}
