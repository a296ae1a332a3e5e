/** Many reads at a time, or one change: a change waits for earlier reads, and later reads wait for the change. */
export class Gate {
  private readers = 0;
  private change: Promise<void> | null = null;
  private wakeChange: (() => void) | null = null;

  get isChanging(): boolean {
    return this.change !== null;
  }

  async read<Result>(run: () => Promise<Result>): Promise<Result> {
    while (this.change !== null) await this.change;
    this.readers += 1;
    try {
      return await run();
    } finally {
      this.readers -= 1;
      if (this.readers === 0) this.wakeChange?.();
    }
  }

  async exclusive<Result>(run: () => Promise<Result>): Promise<Result> {
    while (this.change !== null) await this.change;
    let end!: () => void;
    this.change = new Promise((resolve) => {
      end = resolve;
    });
    try {
      if (this.readers > 0) {
        await new Promise<void>((resolve) => {
          this.wakeChange = resolve;
        });
      }
      return await run();
    } finally {
      this.wakeChange = null;
      this.change = null;
      end();
    }
  }
}
