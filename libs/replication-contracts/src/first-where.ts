/**
 * Binary search: the first number from `low` to before `high` for which `holds` is true; `high` if there is none.
 * `holds` must be false for every number before that one and true for every number after it.
 */
export function firstWhere(low: number, high: number, holds: (at: number) => boolean): number {
  let first = low;
  let end = high;
  while (first < end) {
    const middle = first + Math.floor((end - first) / 2);
    if (holds(middle)) end = middle;
    else first = middle + 1;
  }
  return first;
}
