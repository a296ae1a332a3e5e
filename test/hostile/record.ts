/** One run as a line of the evidence that `docs/reliability/hostile.json` gathers. */
import { addLine, commitOfSources } from '../support/records.js';
import type { HostilePlan, HostileResult } from './run-hostile.js';

export interface HostileRecord extends Omit<HostileResult, 'faults' | 'seconds'> {
  readonly date: string;
  readonly commit: string | null;
  readonly nodeVersion: string;
  readonly seed: number;
  readonly count: number;
  readonly seconds: number;
  readonly faults: number;
}

export function recordOf(
  { seed, inputs }: Pick<HostilePlan, 'seed' | 'inputs'>,
  result: HostileResult,
  date: Date,
): HostileRecord {
  return {
    date: date.toISOString(),
    commit: commitOfSources(),
    nodeVersion: process.version,
    seed,
    count: inputs,
    ...result,
    seconds: Math.round(result.seconds),
    faults: result.faults.length,
  };
}

export function addRecord(path: string, record: HostileRecord): void {
  addLine(path, record);
}
