/** The JSON that clients get. Numbers are exact integers; `ms` and fields that end in `Ms` may have fractions. */

import type { ErrorCode } from './error-kinds.js';
import type { MasterCause } from './payloads.js';

/** What became of a write that was appended: its concern was met, or not yet. */
export type Outcome = 'satisfied' | 'pending';

/** How many secondaries must acknowledge a write: a number, `majority` or `all`. */
export type WriteConcern = number | 'majority' | 'all';

/**
 * `local`: what the log of the answering node has. `majority`: committed messages only. `linearizable`: committed, and the
 * master has confirmed since the read began that it is still the master.
 */
export type ReadConcern = 'local' | 'majority' | 'linearizable';

/**
 * What a node says of its disk. `full`: there is no room for the largest message. `stalled`: a write or sync takes longer than
 * `DISK_STALL`. `damaged`: a record of the log is damaged. Nothing new becomes durable on a node that is not `ok`.
 */
export type StorageState = 'ok' | 'full' | 'stalled' | 'damaged';

/** An acknowledgement of one node. */
export interface AckView {
  readonly node: string;
  readonly role: 'master' | 'secondary';
  /** Milliseconds from the arrival of the write to this acknowledgement; `null` if it is no longer known. */
  readonly ms: number | null;
}

/** What the writer of one message gets. */
export interface Receipt {
  readonly seq: number;
  readonly index: number;
  readonly epoch: number;
  readonly key: string | null;
  /** When the master took the message: ISO 8601, UTC. */
  readonly timestamp: string;
  readonly outcome: Outcome;
  /** The message was in the log already, under the same idempotency key. */
  readonly duplicate: boolean;
  readonly writeConcern: {
    /** As the client wrote it. */
    readonly requested: string;
    /** Number of secondaries that must acknowledge. */
    readonly secondaries: number;
    /** The same number with the master: the number of disks. */
    readonly copies: number;
  };
  readonly acks: readonly AckView[];
}

/**
 * The receipt of a batch, for the range `seq` … `lastSeq`; `epoch` is that of the last message. `duplicates` lists the lines
 * that were in the log already.
 */
export interface BatchReceipt extends Omit<Receipt, 'key' | 'duplicate'> {
  readonly lastSeq: number;
  readonly lastIndex: number;
  readonly count: number;
  readonly appended: number;
  readonly duplicates: readonly { readonly line: number; readonly seq: number; readonly epoch: number }[];
}

/** A message as it is read. */
export interface MessageView {
  readonly seq: number;
  readonly epoch: number;
  readonly timestamp: string;
  readonly key: string | null;
  readonly message: unknown;
}

export type MemberState = 'MASTER' | 'JOINING' | 'HEALTHY' | 'SUSPECTED' | 'UNREACHABLE' | 'UNKNOWN';

/** One member of the cluster, as the node that was asked sees it. */
export interface MemberView {
  readonly nodeId: string;
  readonly url: string;
  readonly state: MemberState;
  /** When the state began (ISO 8601, UTC); `null` on a secondary, which does not know. */
  readonly since: string | null;
  /** Why it is in this state. */
  readonly reason: string;
  /** What the node last said of its disk; `null` if the node that was asked does not know. */
  readonly storage: StorageState | null;
  /** The highest index that the node has acknowledged; 0 if none is known. */
  readonly lastIndex: number;
  /** How far it is behind the master, in records, bytes and milliseconds; `null` if the node that was asked does not know. */
  readonly lag: { readonly records: number; readonly bytes: number; readonly ms: number } | null;
}

/** What becomes of the cluster if its master is gone now, as the node that was asked sees it. */
export interface FailoverView {
  /** FAILOVER of the node that was asked. */
  readonly mode: 'auto' | 'manual';
  readonly paused: boolean;
  /** When the pause ends by itself (ISO 8601, UTC); `null` without a pause. */
  readonly pausedUntil: string | null;
  /** The members elect another master without an operator. */
  readonly possible: boolean;
  /** Why they do not, in a sentence; `null` if they do. */
  readonly why: string | null;
}

/** The cluster, as the node that was asked sees it. */
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
  /** Number of messages that were acknowledged to their writers and are not committed; `null` on a secondary. */
  readonly exposure: number | null;
  readonly failover: FailoverView;
  /** The last ten changes of master in the log of this node, newest first. */
  readonly elections: readonly ElectionView[];
  /** What changes of master have set aside on this node; `null` if that cannot be read. */
  readonly orphans: OrphansView | null;
}

export interface OrphansView {
  readonly sets: number;
  readonly messages: number;
  /** What lists them and brings them back; `null` without any. */
  readonly advice: string | null;
}

/** How a node became master. What a node of an earlier build did not record is `null`. */
export interface ElectionView {
  readonly epoch: number;
  readonly master: string;
  readonly cause: MasterCause | null;
  /** When the first record of the epoch was written: ISO 8601, UTC. */
  readonly at: string;
  /** Node ids of the members that voted for it, itself included. */
  readonly votes: readonly string[] | null;
  /** The other members, and why they did not. */
  readonly without: readonly { readonly nodeId: string; readonly reason: string }[] | null;
  /** Of a failover: the master that was lost, and how long nothing was heard of it. */
  readonly lost: { readonly nodeId: string | null; readonly silentMs: number } | null;
  /** From the first question to the members to the first record. */
  readonly tookMs: number | null;
}

/** A write concern with the members of now: what it needs, and what a write would meet. */
export interface WriteConcernView {
  readonly requested: string;
  readonly secondaries: number;
  readonly copies: number;
  /** A message of any size that this node takes would be appended now, and acknowledged often enough. */
  readonly canBeMet: boolean;
  /** Why not, in a sentence; `null` if it can be met. */
  readonly reason: string | null;
  /** The code with which a write would be rejected; `null` if it would be appended, at once or when there is room. */
  readonly refusedWith: ErrorCode | null;
  /** The secondaries that would not acknowledge it, or do not count yet. */
  readonly missing: readonly { readonly nodeId: string; readonly state: MemberState; readonly reason: string }[];
  /** How long recent writes of this concern waited; the percentiles are `null` without any. */
  readonly wait: { readonly count: number; readonly p50Ms: number | null; readonly p99Ms: number | null };
}

/** What a promotion did or, as a forecast, would do. */
export interface PromotionView {
  readonly outcome: 'promoted' | 'forecast' | 'already-master';
  /** The node that is master after it. */
  readonly nodeId: string;
  /** The epoch of its term; in a forecast, the lowest that it may be. */
  readonly epoch: number;
  /** The living master that transfers its term first, so that nothing is lost; `null` if there is none. */
  readonly transfer: { readonly nodeId: string; readonly url: string } | null;
  /** The node with the most advanced log. All members get this log. */
  readonly mostAdvanced: { readonly nodeId: string; readonly lastIndex: number; readonly lastEpoch: number };
  /** Records of nodes that answered which are not in that log: they become orphans. */
  readonly orphaned: readonly { readonly nodeId: string; readonly afterIndex: number; readonly records: number }[];
  /** Members that did not answer. Records that only they have become orphans when they return. */
  readonly unreachable: readonly { readonly nodeId: string; readonly url: string }[];
  readonly forced: boolean;
  /** With `force`: a sentence about what may be lost; `null` if nothing that is committed can be lost. */
  readonly mayBeLost: string | null;
}

/** The answer of `POST /tail-tokens`. */
export interface TailTokenView {
  readonly token: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}
