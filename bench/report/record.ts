/** Keeps a result where `npm run docs` finds it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { goalsOf } from './goals.js';
import type { BenchResult } from './result.js';

const FOLDER = 'docs/benchmarks';

/** Answers the path. One file a run, named so that their order is that of time. */
export function record(result: BenchResult): string {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${result.date.slice(0, 16).replace('T', '-').replace(':', '')}.json`);
  writeFileSync(path, `${JSON.stringify({ ...result, goals: goalsOf(result) }, rounded, 2)}\n`);
  return path;
}

/** No clock here is good for more digits than these. */
function rounded(_name: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}
