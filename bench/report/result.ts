/** What a run found: what is printed, recorded and made a page of. */
import type { Figures } from '../measure/measured.js';
import type { Machine } from '../measure/machine.js';

/** One thing of which several rounds were measured. */
export interface Row {
  /** Of its case, as `--only` names it: `one-by-one/wc1/64`. */
  readonly id: string;
  /** For people: what was done. */
  readonly title: string;
  readonly contender: string;
  readonly clients: number | null;
  readonly rounds: Figures[];
}

/** Something that is no rate: a time, a share. By name, one number a round. */
export interface Observation {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly values: number[];
}

export interface ContenderInfo {
  readonly name: string;
  readonly version: string;
  readonly acknowledgement: string;
}

export interface BenchResult {
  readonly date: string;
  /** The last that changed what is measured; `+` where that was changed since; `null` where nobody knows. */
  readonly commit: string | null;
  readonly command: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly seconds: number;
  readonly roundCount: number;
  readonly messageBytes: number;
  readonly contenders: readonly ContenderInfo[];
  /** Peers that were asked for and did not take part, and why. */
  readonly missing: readonly string[];
  readonly rows: readonly Row[];
  readonly observations: readonly Observation[];
}
