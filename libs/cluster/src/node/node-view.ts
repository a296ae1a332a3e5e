/** What every module may ask of the node it runs in, whatever its role. */
import type { Role } from '@replog/contracts/http.js';
import type { LogDamage } from '@replog/log-store/segment/open-segment-log.js';

export interface KnownMaster {
  readonly nodeId: string;
  readonly url: string;
  readonly epoch: number;
}

/** The node as its own modules see it. Read-only: who changes it stands in the role's own classes. */
export interface NodeView {
  readonly nodeId: string;
  readonly incarnation: string;
  readonly clusterId: string | null;
  readonly role: Role;
  /** Is it master, from the first record of its epoch until it steps down? */
  readonly holdsTerm: boolean;
  /** The epoch the node holds to. */
  readonly epoch: number;
  /** Highest index known here to be committed. */
  readonly committed: number;
  /** The master as far as is known; on a master in office, itself. */
  readonly master: KnownMaster | null;
  /** What the log is known to be damaged at; `null` where it is whole as far as is known. */
  readonly damage: LogDamage | null;
  /** Why the node may not serve yet; `null` when it may. Liveness is another matter. */
  readonly notReady: string | null;
  /** Calls back whenever `committed` has grown. Answers the way to stop. */
  onCommitted(listener: (committed: number) => void): () => void;
  /**
   * For a linearizable read: resolves with the index to read up to once the epoch's first record is committed and a
   * majority has confirmed, since the call, that this master is still theirs. Rejects with ReplogError NO_QUORUM, or
   * NOT_MASTER on a secondary.
   */
  confirmTerm(): Promise<number>;
}
