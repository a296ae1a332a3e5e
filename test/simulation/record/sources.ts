/** Which code ran: a hash of the bundle, so uncommitted changes count and unused files do not. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';

const SHOWN_DIGITS = 12;

/** A short hash over all scripts below a folder. */
export function hashOfFolder(folder: URL): string {
  const hash = createHash('sha256');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
  for (const name of names.sort()) {
    hash.update(`${name}\0`);
    hash.update(readFileSync(new URL(name, folder)));
    hash.update('\0');
  }
  return hash.digest('hex').slice(0, SHOWN_DIGITS);
}

/** The commit that is checked out, and whether anything tracked differs from it. */
export function commitHere(): { commit: string; dirty: boolean } {
  const git = (...words: string[]): string => execFileSync('git', words, { encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--untracked-files=no').split('\n');
  // The record itself is about to change.
  const isOfOthers = (line: string): boolean => line !== '' && !line.endsWith('docs/reliability/simulation.json');
  return { commit: git('rev-parse', '--short', 'HEAD'), dirty: changed.some(isOfOthers) };
}
