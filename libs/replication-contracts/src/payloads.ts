/** What the records that are not messages say. Both are JSON in the payload. */

/** One entry of a membership list: a node counts only as the incarnation that joined. */
export interface Member {
  readonly nodeId: string;
  readonly incarnation: string;
  /** Where the node is reached by the other nodes, e.g. `http://secondary-1:8000`. */
  readonly url: string;
}

/** Payload of a membership record: in force from the moment it is written. */
export interface Membership {
  readonly members: readonly Member[];
  /** Incarnations taken out for good, newest last; they are not let in again. */
  readonly removed: readonly Pick<Member, 'nodeId' | 'incarnation'>[];
}

/** Payload of a start-of-epoch record. */
export interface EpochStart {
  readonly clusterId: string;
  readonly master: string;
  /** Office was taken without a majority: who was not heard. What only they had may be lost. */
  readonly forcedWithout?: readonly string[];
}

export function encodePayload(value: Membership | EpochStart): Buffer {
  return Buffer.from(JSON.stringify(value));
}

export function decodeMembership(payload: Buffer): Membership {
  return JSON.parse(payload.toString()) as Membership;
}

export function decodeEpochStart(payload: Buffer): EpochStart {
  return JSON.parse(payload.toString()) as EpochStart;
}
