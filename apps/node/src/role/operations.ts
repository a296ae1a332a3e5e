/** The background operations of the role machine. The node waits for all of them when it stops. */
export class Operations {
  private readonly running = new Set<Promise<void>>();

  /** `failed` is called for an operation that throws, which is a bug. */
  constructor(private readonly failed: (error: unknown) => void) {}

  run(operation: () => Promise<void>): Promise<void> {
    const ended = operation().catch(this.failed);
    this.running.add(ended);
    void ended.then(() => this.running.delete(ended));
    return ended;
  }

  /** Resolves when no operation runs. */
  async allEnded(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }
}
