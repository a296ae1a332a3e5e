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
}

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
