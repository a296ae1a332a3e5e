/**
 * Runs asynchronous steps one after the other, in the order in which they were given. A step that fails rejects for
 * its own caller; the steps after it run all the same.
 */
export class Turns {
  /** Settles when every step given so far has ended. Never rejects. */
  private last: Promise<unknown> = Promise.resolve();

  /** Runs `step` after every step given before it. Resolves or rejects as `step` does. */
  run<Result>(step: () => Promise<Result>): Promise<Result> {
    const result = this.last.then(step);
    this.last = result.catch(() => undefined);
    return result;
  }

  /** Resolves when every step given so far has ended, in success or failure. */
  async idle(): Promise<void> {
    await this.last;
  }
}
