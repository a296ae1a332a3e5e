/** Wall clocks of processes that a test steps. The monotonic clock goes on as it was. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from './node-process.js';

/** Reads the step, in milliseconds, from the file named in the environment; a process looks at it again every 20 ms. */
const PRELOAD = `
  const { readFileSync } = require('node:fs');
  const RealDate = Date;
  const real = Date.now.bind(Date);
  let lookedAt = 0;
  let stepMs = 0;
  const now = () => {
    const at = real();
    if (at - lookedAt > 20) {
      lookedAt = at;
      try { stepMs = Number(readFileSync(process.env.STEP_FILE, 'utf8')); } catch { stepMs = 0; }
    }
    return at + stepMs;
  };
  globalThis.Date = class extends RealDate {
    constructor(...args) { args.length === 0 ? super(now()) : super(...args); }
    static now() { return now(); }
  };
`;

export class SteppingClock {
  private constructor(
    private readonly preload: string,
    private readonly stepFile: string,
  ) {}

  /** `folder` keeps its files. */
  static in(folder: string, name: string): SteppingClock {
    const preload = join(folder, 'stepping-clock.cjs');
    writeFileSync(preload, PRELOAD);
    return new SteppingClock(preload, join(folder, `${name}.step`));
  }

  /** What a process needs in its environment to follow this clock. */
  get environment(): Environment {
    return { NODE_OPTIONS: `--require ${this.preload}`, STEP_FILE: this.stepFile };
  }

  step(ms: number): void {
    writeFileSync(this.stepFile, String(ms));
  }

  /** Back to the time of the machine. */
  reset(): void {
    rmSync(this.stepFile, { force: true });
  }
}
