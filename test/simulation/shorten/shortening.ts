/** Looks for a smaller run of the same seed that breaks the same rule: with fewer faults, and over earlier. */
import type { Outcome, Setting, Task } from '../runs/task.js';
import { fewest, lowest } from './smaller.js';

export interface ShortRun {
  readonly task: Task;
  readonly outcome: Outcome;
}

/**
 * With fewer faults more happens in the same time. So a run with fewer faults counts as smaller even with somewhat
 * more steps than the first one needed.
 */
const MORE_STEPS = 2;

export class Shortening {
  /** Runs so far. */
  tries = 0;
  /** The smallest run so far: its setting names the strikes that happened in it, and its steps end where it broke. */
  best: ShortRun;
  /** Steps of a run that may have fewer faults. */
  private readonly maxSteps: number;

  /** `outcome`: what became of `task`, which broke a rule. */
  constructor(
    task: Task,
    outcome: Outcome,
    private readonly run: (task: Task) => Promise<Outcome>,
    private readonly found: (best: ShortRun) => void = () => undefined,
  ) {
    this.maxSteps = Math.min(task.setting.steps, outcome.steps * MORE_STEPS);
    this.best = shortOf(task, outcome);
  }

  /** Until no single fault can be left out. */
  async all(): Promise<void> {
    for (;;) {
      const { only, steps } = sizeOf(this.best);
      const enoughSteps = Math.max(this.maxSteps, steps);
      await fewest(only, async (fewer) => {
        const isBroken = await this.isBrokenWith({ only: fewer, steps: enoughSteps });
        return isBroken ? sizeOf(this.best).only : null;
      });
      if (isOverLater(this.best)) await lowest(sizeOf(this.best).steps, (fewer) => this.isBrokenWith({ steps: fewer }));
      const now = sizeOf(this.best);
      if (now.only.length === only.length) return;
    }
  }

  private async isBrokenWith(change: Partial<Setting>): Promise<boolean> {
    const { task, outcome } = this.best;
    const tried: Task = { ...task, setting: { ...task.setting, ...change } };
    const now = await this.run(tried);
    this.tries += 1;
    if (now.broken?.rule !== outcome.broken?.rule) return false;
    this.best = shortOf(tried, now);
    this.found(this.best);
    return true;
  }
}

function sizeOf({ task: { setting }, outcome }: ShortRun): { only: readonly number[]; steps: number } {
  return { only: setting.only ?? outcome.strikes.map(({ number }) => number), steps: setting.steps };
}

/** Did it break in the phases after the faults? */
function isOverLater({ task, outcome }: ShortRun): boolean {
  return outcome.steps > task.setting.steps;
}

function shortOf({ seed, setting }: Task, outcome: Outcome): ShortRun {
  const only = outcome.strikes.map(({ number }) => number);
  // What broke in the phase of faults breaks at the same step if that phase ends there.
  const steps = Math.min(setting.steps, outcome.steps);
  return { task: { seed, setting: { ...setting, only, steps } }, outcome };
}
