/** The two roles as their node sees them. Production builds Nest applications; the simulation builds the same classes. */
import type { ReplogError } from '@replog/contracts';
import type { NodeParts } from '@replog/platform';

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

export interface RoleFactory {
  /** `epochStartIndex`: the durable record with which this node took office. On return the role is in force. */
  openMaster(parts: NodeParts, epochStartIndex: number): Promise<MasterInForce>;
  openSecondary(parts: NodeParts): Promise<SecondaryInForce>;
}
