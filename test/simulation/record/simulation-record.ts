/**
 * The record of a long run, for the page on reliability. A run may be made in parts of consecutive seeds. Parts are
 * added only if the same code ran with the same options.
 */

/** What has to be the same in all parts. */
export interface Origin {
  /** Hash of the code that ran, checkers and cluster. Other commits make no difference. */
  readonly sources: string;
  /** Version of Node. */
  readonly node: string;
  readonly nodes: number;
  /** Events of the phase with faults, a seed; the phases of healing come on top. */
  readonly stepsPerSeed: number;
  /** Names of the faults that were left out. */
  readonly without: readonly string[];
}

export interface SimulationRecord extends Origin {
  /** UTC day, of the last part. */
  readonly date: string;
  /** Short, of the last part. */
  readonly commit: string;
  /** Was anything changed and not committed, in any part? */
  readonly dirty: boolean;
  readonly firstSeed: number;
  readonly seeds: number;
  /** Events, of all phases. */
  readonly steps: number;
  readonly simulatedHours: number;
  /** Seeds that broke a rule. */
  readonly violations: number;
  readonly violated: readonly { readonly seed: number; readonly rule: string }[];
  /** How often each fault happened. */
  readonly faults: Readonly<Record<string, number>>;
  /** How often what else happened. */
  readonly counts: Readonly<Record<string, number>>;
  /** Of all parts. */
  readonly seconds: number;
  /** Runs at a time, in the widest part. */
  readonly jobs: number;
}

/** Is the seed the one that follows on those of the record? */
export function follows(record: Pick<SimulationRecord, 'firstSeed' | 'seeds'>, seed: number): boolean {
  return seed === record.firstSeed + record.seeds;
}

/** Why a part of `origin` cannot be added to the record; `null` where it can. */
export function differenceOf(record: Origin & Pick<SimulationRecord, 'commit'>, origin: Origin): string | null {
  if (record.sources !== origin.sources) {
    return `other sources (${record.sources} at commit ${record.commit}; here they are ${origin.sources})`;
  }
  if (record.node !== origin.node) return `Node ${record.node} (here it is ${origin.node})`;
  if (record.nodes !== origin.nodes) return `--nodes ${record.nodes}`;
  if (record.stepsPerSeed !== origin.stepsPerSeed) return `--steps ${record.stepsPerSeed}`;
  if (record.without.join() !== origin.without.join()) return `--without '${record.without.join(',')}'`;
  return null;
}

/** Two parts, the second of which follows on the first, as one. */
export function addedUp(first: SimulationRecord, second: SimulationRecord): SimulationRecord {
  return {
    ...second,
    dirty: first.dirty || second.dirty,
    firstSeed: first.firstSeed,
    seeds: first.seeds + second.seeds,
    steps: first.steps + second.steps,
    simulatedHours: rounded(first.simulatedHours + second.simulatedHours),
    violations: first.violations + second.violations,
    violated: [...first.violated, ...second.violated],
    faults: sumOf(first.faults, second.faults),
    counts: sumOf(first.counts, second.counts),
    seconds: rounded(first.seconds + second.seconds),
    jobs: Math.max(first.jobs, second.jobs),
  };
}

export function rounded(value: number): number {
  return Number(value.toFixed(3));
}

function sumOf(one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>): Record<string, number> {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
  return Object.fromEntries(names.map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]));
}
