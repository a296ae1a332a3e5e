/** A bug put into the production classes, in the simulation only, to see whether the checkers find it. */
import type { PromotionView } from '@replog/contracts/views.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import type { NodeStateStore } from '@replog/log-store/state/node-state.js';
import type { Rule } from '../../checkers/records/broken-rule.js';
import type { StoredRecord } from '../../checkers/records/stored-record.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import type { SecondaryTerm } from '@replog/secondary/term/secondary-term.js';
import type { MasterTerm } from '@replog/master/term/master-term.js';
import type { SimulatedRoles } from '../cluster/simulated-roles.js';
import type { Door } from '../cluster/directory.js';
import type { SimulatedDisk } from '../engine/disk.js';

/** Where the process lives. */
export interface Machine {
  readonly directory: string;
  readonly disk: SimulatedDisk;
}

/** The faults that the runs of a plant can begin with. */
export type StoryOfPlant =
  | 'restored in a term'
  | 'restored between terms'
  | 'directory copied'
  | 'master cut off from some'
  | 'master killed'
  | 'link open and dead'
  | 'failover paused'
  | 'clock jumps'
  | 'master dies after it was cut off from a few';

export interface Plant {
  readonly name: string;
  /** It is found within so many seeds, of `steps` events each; 6,000 by default. */
  readonly foundWithin: number;
  readonly steps?: number;
  /** Where it shows: in the phase of faults by default. */
  readonly showsIn?: 'all phases';
  /** FAILOVER of its runs: an operator's, if not given. */
  readonly failover?: 'auto';
  /** The rule that has to find it; any rule by default. */
  readonly foundBy?: Rule;
  /** Each run begins with this story; with a drawn one, or none, by default. */
  readonly story?: StoryOfPlant;
  state?(state: NodeStateStore, machine: Machine): NodeStateStore;
  store?(store: LogStore, machine: Machine): LogStore;
  /** The parts of a node that has opened its log and has no role yet. */
  node?(parts: NodeParts): void;
  master?(term: MasterTerm): void;
  secondary?(term: SecondaryTerm): void;
  door?(door: Door): void;
  /** How a node asks others. */
  transport?(transport: Transport): Transport;
  /** The answer to an operator who promotes `node`. */
  promotion?(view: PromotionView, node: LocalNode): PromotionView;
  /** Takes the place of the node's start. Answers whether it did. */
  resume?(parts: NodeParts, roles: SimulatedRoles, log: readonly StoredRecord[]): boolean;
}
