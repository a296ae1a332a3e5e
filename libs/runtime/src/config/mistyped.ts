/**
 * Finds variables that are probably mistyped: `MASTERPORT`, `HEALTHCHECK_FAILURE`. A node must report them, because it
 * would run with a default that nobody chose. It must not report the variables of shells, containers and CI systems, so
 * only near misses count.
 */
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

/** Ignores case, underscores and dashes. */
function lettersOf(name: string): string {
  return name.replaceAll(/[_.-]/g, '').toUpperCase();
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

/** 1 for one letter too many, one too few, or two swapped neighbours; 2 for a wrong letter. */
function editCost(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          at(last, column - 1) + (isSame ? 0 : 2),
          isSwapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [beforeLast, last] = [last, current];
  }
  return at(last, to.length);
}

function at(costs: readonly number[], column: number): number {
  return costs[column] ?? Number.POSITIVE_INFINITY;
}
