/** What clients see: the JSON of every answer. Numbers are exact integers unless a unit with fractions is named. */

export type Outcome = 'satisfied' | 'pending';

/** As the client wrote it: `0`, `1`, … , `majority` or `all`. */
export type WriteConcern = number | 'majority' | 'all';

export type ReadConcern = 'local' | 'majority' | 'linearizable';

export interface AckView {
  readonly node: string;
  readonly role: 'master' | 'secondary';
  /** Milliseconds from the arrival of the write to this acknowledgement; `null` where it is no longer known. */
  readonly ms: number | null;
}

export interface Receipt {
  readonly seq: number;
  readonly index: number;
  readonly epoch: number;
  readonly key: string | null;
  readonly timestamp: string;
  readonly outcome: Outcome;
  /** The message was there before, under the same idempotency key. */
  readonly duplicate: boolean;
  readonly writeConcern: {
    readonly requested: string;
    /** Secondaries that have to acknowledge. */
    readonly secondaries: number;
    /** The same with the master counted: how many disks. */
    readonly copies: number;
  };
  readonly acks: readonly AckView[];
}

/** The receipt of a batch: one for the range `seq` … `lastSeq`. `duplicates` counts lines that were there before. */
export interface BatchReceipt extends Omit<Receipt, 'key' | 'duplicate'> {
  readonly lastSeq: number;
  readonly lastIndex: number;
  readonly count: number;
  readonly appended: number;
  readonly duplicates: readonly { readonly line: number; readonly seq: number }[];
}

export interface MessageView {
  readonly seq: number;
  readonly epoch: number;
  readonly timestamp: string;
  readonly key: string | null;
  readonly message: unknown;
}

export type MemberState = 'MASTER' | 'JOINING' | 'HEALTHY' | 'SUSPECTED' | 'UNREACHABLE' | 'UNKNOWN';

export interface MemberView {
  readonly nodeId: string;
  readonly url: string;
  readonly state: MemberState;
  /** When the state began; `null` where the node asked does not know, which is so on every secondary. */
  readonly since: string | null;
  readonly reason: string;
  /** Highest index the node has acknowledged; 0 where nothing is known yet. */
  readonly lastIndex: number;
  /** How far behind the master; `null` where the node asked does not know. */
  readonly lag: { readonly records: number; readonly bytes: number; readonly ms: number } | null;
}

export interface ClusterView {
  readonly clusterId: string | null;
  readonly nodeId: string;
  readonly role: 'master' | 'secondary';
  readonly epoch: number;
  readonly master: { readonly nodeId: string; readonly url: string } | null;
  readonly members: readonly MemberView[];
  readonly committed: number;
  readonly lastIndex: number;
  readonly lastSeq: number;
  /** Messages acknowledged to their writers and not yet committed. `null` on a secondary, which cannot know. */
  readonly exposure: number | null;
}

export interface WriteConcernView {
  readonly requested: string;
  readonly secondaries: number;
  readonly copies: number;
  readonly canBeMet: boolean;
  readonly missing: readonly { readonly nodeId: string; readonly state: MemberState; readonly reason: string }[];
  /** How long recent writes of this concern waited, in milliseconds; `null` without any. */
  readonly wait: { readonly count: number; readonly p50Ms: number | null; readonly p99Ms: number | null };
}

/** What a promotion did, or, as a forecast, would do. */
export interface PromotionView {
  readonly outcome: 'promoted' | 'forecast' | 'already-master';
  /** Who is master then. */
  readonly nodeId: string;
  /** The epoch in which it is; in a forecast, the one it would take at the earliest. */
  readonly epoch: number;
  /** The living master that hands over first, so that nothing is lost; `null` where none lives. */
  readonly transfer: { readonly nodeId: string; readonly url: string } | null;
  /** Whose log becomes everybody's. */
  readonly mostAdvanced: { readonly nodeId: string; readonly lastIndex: number; readonly lastEpoch: number };
  /** What nodes that were heard hold beyond that log: it becomes their orphans. */
  readonly orphaned: readonly { readonly nodeId: string; readonly afterIndex: number; readonly records: number }[];
  /** Members that were not heard: what only they hold is orphaned when they return. */
  readonly unreachable: readonly { readonly nodeId: string; readonly url: string }[];
  readonly forced: boolean;
  /** With `force`: what may be lost by it, in a sentence; `null` where nothing acknowledged by a majority can be. */
  readonly mayBeLost: string | null;
}
