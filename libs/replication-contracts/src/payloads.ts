/** The payloads of records that are not messages. Both are JSON. */

/** One entry of the membership list. A node counts only as the incarnation that joined. */
export interface Member {
  readonly nodeId: string;
  readonly incarnation: string;
  /** Where other nodes reach the node, e.g. `http://secondary-1:8000`. */
  readonly url: string;
}

/** Payload of a membership record. It is in force from the moment it is written. */
export interface Membership {
  readonly members: readonly Member[];
  /** Incarnations removed for good, newest last. They cannot join again. */
  readonly removed: readonly Pick<Member, 'nodeId' | 'incarnation'>[];
  /** Automatic failover is paused until then, in milliseconds since 1970. Missing or past: it is not. */
  readonly pausedUntilMs?: number;
}

/** Payload of an epoch-start record. */
export interface EpochStart {
  readonly clusterId: string;
  readonly master: string;
  /** Of a forced election without a majority: the members that did not answer. Records that only they had may be lost. */
  readonly forcedWithout?: readonly string[];
  /** This and the fields after it are missing from records of earlier builds. */
  readonly cause?: MasterCause;
  /** Node ids of the members that voted for this master, itself included. */
  readonly votes?: readonly string[];
  /** The other members, and why each did not vote. */
  readonly without?: readonly NoVote[];
  /** Of a failover: the master that was lost (`null`: none was heard since the start), and how long nothing was heard. */
  readonly lost?: { readonly nodeId: string | null; readonly silentMs: number };
  /** From the first question to the members to this record. */
  readonly tookMs?: number;
}

export interface NoVote {
  readonly nodeId: string;
  readonly reason: string;
}

/**
 * Why there is a new master: the first one of a new cluster; a node that was started, or has lost its term, and prefers to
 * be master; members that have lost their master; an operator's promotion, without a living master, with one that
 * transferred its term, or without a majority.
 */
export type MasterCause = 'founded' | 'start' | 'failover' | 'operator' | 'transfer' | 'force';

/** The payload of a record, as bytes. */
export function encodePayload(value: Membership | EpochStart): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** Reads the payload of a membership record. Throws SyntaxError where it is not JSON; it does not check the fields. */
export function decodeMembership(payload: Buffer): Membership {
  return JSON.parse(payload.toString()) as Membership;
}

/** Reads the payload of an epoch-start record. Throws SyntaxError where it is not JSON; it does not check the fields. */
export function decodeEpochStart(payload: Buffer): EpochStart {
  return JSON.parse(payload.toString()) as EpochStart;
}
