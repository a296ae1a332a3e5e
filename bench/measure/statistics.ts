/** Figures of repeated rounds: two runs of the same thing differ, so one number alone says little. */

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** `null` where no round has the figure. */
export function spreadOf(values: readonly (number | null)[]): Spread | null {
  const sorted = values.filter((value) => value !== null).sort((one, other) => one - other);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) return null;
  const middle = sorted.length / 2;
  const [lower, upper] = [sorted[Math.ceil(middle) - 1] ?? min, sorted[Math.floor(middle)] ?? max];
  return { median: (lower + upper) / 2, min, max };
}

/** The value that `share` of all values do not exceed. */
export function percentileOf(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}
