import type { Counter } from 'prom-client';

/**
 * A counter for what happens thousands of times a second: counted in plain numbers, and handed to its metric when that
 * is read. `Counter.inc` sorts, hashes and checks its labels every time, which costs more than a message's place in the log.
 */
export class Tally<Label extends string> {
  private readonly counts = new Map<string, { readonly labels: Record<Label, string | number>; count: number }>();

  constructor(private readonly counter: Counter<Label>) {}

  /** `name` stands for these labels and no others. */
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
