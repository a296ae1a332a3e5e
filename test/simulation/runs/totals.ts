/** What many runs were, added up. */
import type { Outcome } from './task.js';

const FAULT = 'fault: ';

export class Totals {
  runs = 0;
  steps = 0;
  simulatedMs = 0;
  readonly broken: Outcome[] = [];
  readonly counts = new Map<string, number>();

  add(outcome: Outcome): void {
    this.runs += 1;
    this.steps += outcome.steps;
    this.simulatedMs += outcome.simulatedMs;
    for (const [what, times] of outcome.counts) this.counts.set(what, (this.counts.get(what) ?? 0) + times);
    if (outcome.broken !== null) this.broken.push(outcome);
  }

  /** How often which fault happened, by its name. */
  get faults(): Record<string, number> {
    return this.sorted(true);
  }

  /** How often what else happened. */
  get others(): Record<string, number> {
    return this.sorted(false);
  }

  private sorted(isFault: boolean): Record<string, number> {
    const chosen = [...this.counts].filter(([what]) => what.startsWith(FAULT) === isFault).sort();
    return Object.fromEntries(chosen.map(([what, times]) => [isFault ? what.slice(FAULT.length) : what, times]));
  }
}
