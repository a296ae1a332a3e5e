/**
 * Finds variables that are probably mistyped: `MASTERPORT`, `HEALTHCHECK_FAILURE`. A node must report them, because it
 * would run with a default that nobody chose. It must not report the variables of shells, containers and CI systems, so
 * only near misses count.
 */
import { editCost, lettersOf } from './edit-cost.js';

export interface Mistyped {
  readonly found: string;
  readonly meant: string;
}

/** Systems and npm set these, even if they look like ours. */
const FOREIGN = /^(HOST|NPM_)/i;
/** Shorter names have too many neighbours with another meaning: `HOST` and `HOSTS`. */
const MIN_LETTERS = 5;
/** From this length on a name with one wrong letter is still recognised. */
const LONG_LETTERS = 8;

/** Every name in `found` that is not in `known` but close to a name there. */
export function findMistyped(found: Iterable<string>, known: readonly string[]): Mistyped[] {
  const ours = known.map((name) => ({ name, letters: lettersOf(name) })).filter(isLongEnough);
  const result: Mistyped[] = [];
  for (const name of found) {
    if (known.includes(name) || FOREIGN.test(name)) continue;
    const meant = closest(lettersOf(name), ours);
    if (meant !== null) result.push({ found: name, meant });
  }
  return result;
}

export function mistypedSentence({ found, meant }: Mistyped): string {
  return `${found} is set, but there is no such variable: did you mean ${meant}?`;
}

interface Name {
  readonly name: string;
  readonly letters: string;
}

function isLongEnough({ letters }: Name): boolean {
  return letters.length >= MIN_LETTERS;
}

function closest(letters: string, ours: readonly Name[]): string | null {
  let best: string | null = null;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const { name, letters: own } of ours) {
    const allowed = own.length < LONG_LETTERS ? 1 : 2;
    if (Math.abs(own.length - letters.length) > allowed) continue;
    const cost = editCost(letters, own);
    if (cost > allowed || cost >= bestCost) continue;
    best = name;
    bestCost = cost;
  }
  return best;
}
