/** What a module may ask about the node it runs in, whatever the role of the node. */
import type { Role } from '@replog/contracts/http.js';
import type { StorageState } from '@replog/contracts/views.js';
import type { LogDamage } from '@replog/log-store/segment/open-segment-log.js';

import type { OrphanCount } from '../orphans/orphan-count.js';

export interface KnownMaster {
  readonly nodeId: string;
  readonly url: string;
  readonly epoch: number;
}

/** The node as its modules see it. Read-only: only the role's own classes change it. */
export interface NodeView {
  readonly nodeId: string;
  readonly incarnation: string;
  readonly clusterId: string | null;
  readonly role: Role;
  /** True from the first record of the epoch until the node steps down. */
  readonly holdsTerm: boolean;
  /** The highest epoch this node has voted in or followed. */
  readonly epoch: number;
  /** Highest index that this node knows to be committed. */
  readonly committed: number;
  /** The master, as far as this node knows; on a master, the node itself. */
  readonly master: KnownMaster | null;
  /** Where the log is damaged; `null` without known damage. */
  readonly damage: LogDamage | null;
  readonly storage: StorageState;
  readonly orphans: Pick<OrphanCount, 'totals'>;
  /** Why the node may not serve yet; `null` when it may. This is readiness, not liveness. */
  readonly notReady: string | null;
  /** Why messages are not read here; `null` where they may be. */
  readonly refusesReads: string | null;
  /** Calls `listener` whenever `committed` has grown. Returns a function that ends this. */
  onCommitted(listener: (committed: number) => void): () => void;
  /**
   * For a linearizable read. Resolves with the index to read up to, once the first record of the epoch is committed and
   * a majority has confirmed, since the call, that this node is still master. Rejects with ReplogError NO_QUORUM, or
   * NOT_MASTER on a secondary.
   */
  confirmTerm(): Promise<number>;
}
