import type { Counter } from 'prom-client';

/**
 * A counter for events that happen thousands of times a second: it counts in plain numbers and adds them to its metric
 * when that is read. `Counter.inc` sorts, hashes and checks its labels each time, which costs more than appending a
 * message.
 */
export class Tally<Label extends string> {
  private readonly counts = new Map<string, { readonly labels: Record<Label, string | number>; count: number }>();

  constructor(private readonly counter: Counter<Label>) {}

  /** `name` must always mean the same labels. */
  add(name: string, labels: () => Record<Label, string | number>, count: number): void {
    let entry = this.counts.get(name);
    if (entry === undefined) this.counts.set(name, (entry = { labels: labels(), count: 0 }));
    entry.count += count;
  }

  handIn(): void {
    for (const entry of this.counts.values()) {
      this.counter.inc(entry.labels, entry.count);
      entry.count = 0;
    }
  }
}
