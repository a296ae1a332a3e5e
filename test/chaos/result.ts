/** What a run is asked for, and what it gives. */
import type { Violation } from '../checkers/history.js';
import type { Tally } from './faults/perform.js';
import type { Change } from './faults/scene.js';
import type { FaultKind } from './faults/schedule.js';
import type { MasterGap, Pauses } from './judging/pauses.js';
import type { ChaosWrite } from './load/ledger.js';
import type { PartitionKind } from './network/network.js';

export interface ChaosPlan {
  readonly seed: number;
  readonly nodes: number;
  /** How long faults go on; healing and judging come after it. */
  readonly faultMs: number;
  readonly writers: number;
  readonly partitions: PartitionKind;
  /** Why nodes are not parted for real; `null` where they are, or where nobody wanted it. */
  readonly whyNoNamespaces: string | null;
  readonly signal?: AbortSignal;
  readonly watch?: (line: string) => void;
}

export interface ChaosResult {
  readonly plan: ChaosPlan;
  readonly seconds: number;
  readonly violations: readonly Violation[];
  readonly writes: readonly ChaosWrite[];
  readonly statuses: ReadonlyMap<number, number>;
  readonly reads: ReadonlyMap<string, number>;
  readonly tailsResumed: number;
  readonly tallies: ReadonlyMap<FaultKind, Tally>;
  readonly skipped: readonly string[];
  /** Messages that changes of master set aside, on whatever node: the same one may be among them twice. */
  readonly orphaned: number;
  /** Of these, stored again by the operator in the end. */
  readonly reappended: number;
  readonly masters: readonly MasterGap[];
  readonly pauses: Readonly<Record<Change['kind'], { readonly clean: Pauses; readonly all: Pauses }>>;
  readonly trace: readonly string[];
  /** The data of all nodes and their logs; `null` where the run was good and they are gone. */
  readonly kept: string | null;
}
