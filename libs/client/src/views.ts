/**
 * What the nodes answer. Held against the OpenAPI document of a node by a test. Numbers are exact integers; `ms` and fields that
 * end in `Ms` may have fractions. Timestamps are ISO 8601 in UTC.
 */
import type { Place } from './place.js';

/** How many secondaries have to acknowledge a write: a number, a majority of the members (the master counts), or all. */
export type WriteConcern = number | 'majority' | 'all';

/**
 * `local`: what the node that answers has on disk. `majority`: committed messages only, which no change of master takes back.
 * `linearizable`: all that was acknowledged by a majority before the read began.
 */
export type ReadConcern = 'local' | 'majority' | 'linearizable';

/** Was the write concern met? `pending`: the message is on the disk of the master and still on its way to others. */
export type Outcome = 'satisfied' | 'pending';

/** A node that has the message on disk. */
export interface Ack {
  readonly node: string;
  readonly role: 'master' | 'secondary';
  /** Milliseconds from the arrival of the write to this acknowledgement; `null` if no longer known. */
  readonly ms: number | null;
}

export interface ReceiptConcern {
  /** As it was asked for. */
  readonly requested: string;
  /** Secondaries that have to acknowledge. */
  readonly secondaries: number;
  /** The same with the master: the number of disks. */
  readonly copies: number;
}

export interface ReceiptView extends Place {
  /** Position in the log, all kinds of record counted. */
  readonly index: number;
  readonly key: string | null;
  /** When the master took the message. */
  readonly timestamp: string;
  readonly outcome: Outcome;
  /** The message was in the log already, under the same key. An append that was repeated may have put it there itself. */
  readonly duplicate: boolean;
  readonly writeConcern: ReceiptConcern;
  /** The nodes that have it on disk. */
  readonly acks: readonly Ack[];
}

/** For the range `seq` … `lastSeq`; `epoch` is that of the last message. */
export interface BatchReceiptView extends Omit<ReceiptView, 'key' | 'duplicate'> {
  readonly lastSeq: number;
  readonly lastIndex: number;
  /** Messages in the batch. */
  readonly count: number;
  /** Messages that the last request appended. */
  readonly appended: number;
  /** Lines, from 1, whose message was in the log already. */
  readonly duplicates: readonly { readonly line: number; readonly seq: number; readonly epoch: number }[];
}

export interface Message<Body = unknown> extends Place {
  readonly timestamp: string;
  /** The idempotency key it was appended with. */
  readonly key: string | null;
  readonly message: Body;
}

export type MemberState = 'MASTER' | 'JOINING' | 'HEALTHY' | 'SUSPECTED' | 'UNREACHABLE' | 'UNKNOWN';

export type StorageState = 'ok' | 'full' | 'stalled' | 'damaged';

export interface Member {
  readonly nodeId: string;
  readonly url: string;
  readonly state: MemberState;
  /** When the state began; `null` on a secondary, which does not know. */
  readonly since: string | null;
  readonly reason: string;
  readonly storage: StorageState | null;
  /** The highest index it has acknowledged; 0 if none is known. */
  readonly lastIndex: number;
  /** How far it is behind the master; `null` on a secondary. */
  readonly lag: { readonly records: number; readonly bytes: number; readonly ms: number } | null;
}

/** The cluster as one node sees it. */
export interface Cluster {
  readonly clusterId: string | null;
  /** The node that answered. */
  readonly nodeId: string;
  readonly role: 'master' | 'secondary';
  readonly epoch: number;
  readonly master: { readonly nodeId: string; readonly url: string } | null;
  readonly members: readonly Member[];
  /** The highest index that this node knows to be committed. */
  readonly committed: number;
  readonly lastIndex: number;
  readonly lastSeq: number;
  /** Messages acknowledged to their writers and not committed; `null` on a secondary. */
  readonly exposure: number | null;
  readonly failover: Failover;
  /** The last ten changes of master in the log of this node, newest first. */
  readonly elections: readonly Election[];
  /** What changes of master have set aside on this node; `null` if that cannot be read. */
  readonly orphans: { readonly sets: number; readonly messages: number; readonly advice: string | null } | null;
}

/** What happens when the master is gone. */
export interface Failover {
  /** FAILOVER of the node that answered. */
  readonly mode: 'auto' | 'manual';
  readonly paused: boolean;
  /** ISO 8601, UTC. */
  readonly pausedUntil: string | null;
  /** The members elect another master by themselves. */
  readonly possible: boolean;
  /** Why they do not, in a sentence. */
  readonly why: string | null;
}

/** How a node became master. What a node of an earlier build did not record is `null`. */
export interface Election {
  readonly epoch: number;
  readonly master: string;
  readonly cause: 'founded' | 'start' | 'failover' | 'operator' | 'transfer' | 'force' | null;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Node ids of the members that voted for it. */
  readonly votes: readonly string[] | null;
  readonly without: readonly { readonly nodeId: string; readonly reason: string }[] | null;
  /** Of a failover: the master that was lost. */
  readonly lost: { readonly nodeId: string | null; readonly silentMs: number } | null;
  readonly tookMs: number | null;
}

/** Can a write concern be met now? */
export interface Preflight {
  readonly requested: string;
  readonly secondaries: number;
  readonly copies: number;
  readonly canBeMet: boolean;
  /** Why not, in a sentence. */
  readonly reason: string | null;
  /** The code with which a write would be refused; `null` if it would be stored. */
  readonly refusedWith: string | null;
  /** Secondaries that would not acknowledge, or do not count yet. */
  readonly missing: readonly { readonly nodeId: string; readonly state: MemberState; readonly reason: string }[];
  /** How long recent writes of this concern waited; `null` without any. */
  readonly wait: { readonly count: number; readonly p50Ms: number | null; readonly p99Ms: number | null };
}
