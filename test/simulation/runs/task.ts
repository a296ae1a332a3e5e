/** One run as data: for a worker, for its command line, and for its outcome. */
import type { Rule } from '../../checkers/records/broken-rule.js';
import type { Strike } from '../faults/misfortune.js';
import { PLANTS } from '../plants/index.js';
import { runSimulation } from '../run-simulation.js';

/** What all runs of one command have in common. */
export interface Setting {
  readonly nodes: number;
  /** Events of the phase with faults. */
  readonly steps: number;
  readonly without: readonly string[];
  /** Numbers of the only strikes that happen; `null` for all. */
  readonly only: readonly number[] | null;
  /** Name of the bug that is planted. */
  readonly plant: string | null;
  readonly isFaultsOnly: boolean;
}

export interface Task {
  readonly seed: number;
  readonly setting: Setting;
}

/** `crash`: the run ended with an error that no rule names. */
export interface Broken {
  readonly rule: Rule | 'crash';
  readonly message: string;
}

export interface Outcome {
  readonly seed: number;
  readonly steps: number;
  readonly simulatedMs: number;
  readonly hash: string;
  readonly broken: Broken | null;
  readonly lastLines: readonly string[];
  readonly strikes: readonly Strike[];
  readonly counts: ReadonlyMap<string, number>;
}

export async function outcomeOf({ seed, setting }: Task, watch?: (line: string) => void): Promise<Outcome> {
  const plant = PLANTS.find(({ name }) => name === setting.plant) ?? null;
  const watched = watch === undefined ? {} : { watch };
  try {
    const { broken, ...result } = await runSimulation({ ...setting, plant, seed, ...watched });
    return { ...result, broken: broken === null ? null : { rule: broken.rule, message: broken.message } };
  } catch (error) {
    return crashed(seed, error);
  }
}

export function crashed(seed: number, error: unknown): Outcome {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const nothing = { steps: 0, simulatedMs: 0, hash: '', lastLines: [], strikes: [], counts: new Map<string, number>() };
  return { seed, ...nothing, broken: { rule: 'crash', message } };
}

/** The command that runs a seed again. */
export function commandOf({ seed, setting }: Task, ...more: readonly string[]): string {
  const { nodes, steps, without, only, plant, isFaultsOnly } = setting;
  return [
    `npm run simulate -- --seed ${seed} --nodes ${nodes} --steps ${steps}`,
    ...(without.length > 0 ? [`--without '${without.join(',')}'`] : []),
    ...(only === null ? [] : [`--only ${only.length > 0 ? only.join(',') : 'none'}`]),
    ...(plant === null ? [] : [`--plant "${plant}"`]),
    ...(isFaultsOnly ? ['--faults-only'] : []),
    ...more,
  ].join(' ');
}
