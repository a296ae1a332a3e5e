/** What the records of runs have in common: which build it was, and the file that gathers them. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The last commit that changed what nodes are built from; `+` where that was changed since; `null` where nobody knows. */
export function commitOfSources(): string | null {
  const git = (...args: string[]): string | null => {
    const { status, stdout } = spawnSync('git', args, { encoding: 'utf8' });
    return status === 0 ? stdout.trim() : null;
  };
  const sources = ['--', 'apps', 'libs'];
  const commit = git('log', '-1', '--format=%h', '--abbrev=12', ...sources);
  const changed = git('status', '--porcelain', ...sources);
  return commit === null || changed === '' ? commit : `${commit}+`;
}

/** Adds one record to those in the file. */
export function addLine(path: string, record: object): void {
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as object[]) : [];
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify([...before, record], null, 2)}\n`);
}
