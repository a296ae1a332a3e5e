/** The two roles as their node sees them. Production builds Nest applications; the simulation builds the same classes. */
import type { ReplogError } from '@replog/contracts/errors.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';

export interface RoleInForce {
  /** Ends the role in order: no new work, what is under way settled, nothing touches the log afterwards. Idempotent. */
  close(): Promise<void>;
}

export interface MasterInForce extends RoleInForce {
  /** Gives up office: no more writes, who waits hears `pending`, the links close. Reads go on until `close`. */
  leave(because: ReplogError): Promise<void>;
}

export interface SecondaryInForce extends RoleInForce {
  /** Hangs up on the master; it connects again when it sees fit. */
  hangUp(reason: string): Promise<void>;
}

/** A role that is built and not in force. It does nothing by itself until it is entered, or discarded; once. */
interface PreparedRole {
  discard(): Promise<void>;
}

export interface PreparedMaster extends PreparedRole {
  /** `epochStartIndex`: the durable record with which this node took office. On return the role is in force. */
  enter(epochStartIndex: number): MasterInForce;
}

export interface PreparedSecondary extends PreparedRole {
  /** On return the role is in force. */
  enter(): SecondaryInForce;
}

/** To build a role takes many times as long as to enter it. */
export interface RoleFactory {
  prepareMaster(parts: NodeParts): Promise<PreparedMaster>;
  prepareSecondary(parts: NodeParts): Promise<PreparedSecondary>;
}
