/** A bug put into the production classes, in the simulation only, to see whether the checkers find it. */
import type { LogStore, NodeStateStore } from '@replog/log-store';
import type { StoredRecord } from '../../checkers/records/index.js';
import type { NodeParts } from '@replog/platform';
import type { MasterServices, SimulatedRoles } from '../cluster/simulated-roles.js';
import type { Door } from '../cluster/directory.js';
import type { SimulatedDisk } from '../engine/disk.js';

/** Where the process lives. */
export interface Machine {
  readonly directory: string;
  readonly disk: SimulatedDisk;
}

export interface Plant {
  readonly name: string;
  /** Seeds within which it is found, of `steps` events each: 6,000 where it does not say. */
  readonly foundWithin: number;
  readonly steps?: number;
  state?(state: NodeStateStore, machine: Machine): NodeStateStore;
  store?(store: LogStore, machine: Machine): LogStore;
  master?(services: MasterServices): void;
  door?(door: Door): void;
  /** Takes the place of the node's start. Answers whether it did. */
  resume?(parts: Omit<NodeParts, 'damage' | 'promotion'>, roles: SimulatedRoles, log: readonly StoredRecord[]): boolean;
}
