/**
 * A system that stores messages on three nodes and acknowledges each when two have it: Replog, or a peer. All are
 * driven and measured the same way, and the meaning of their acknowledgement is shown beside their figures.
 */
import type { Load, LoadResult } from '../load/load.js';
import type { Syncs } from '../measure/syncs.js';

export interface Contender {
  readonly name: string;
  /** Of what is installed. */
  readonly version: string;
  /** What an answer to a client promises, as a sentence. */
  readonly acknowledgement: string;
  /** Of its nodes: their pids. What they start counts with them. */
  readonly processes: readonly number[];
  /** Does it know writes of this kind? */
  canTake(load: Load): boolean;
  run(load: Load): Promise<LoadResult>;
  /** Of all its nodes, the one that is written to first. `null` where it does not say. */
  syncs(): Promise<readonly Syncs[] | null>;
  /** Ends all its processes. */
  end(): Promise<void>;
}

/** A folder of its own for its data, and where to say what goes on. */
export interface Setting {
  readonly folder: string;
}

export interface Peer {
  readonly name: string;
  /** Its Debian packages. */
  readonly packages: readonly string[];
  /** Throws a Refusal where it cannot run here. */
  start(setting: Setting): Promise<Contender>;
}
