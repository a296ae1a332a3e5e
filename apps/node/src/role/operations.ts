/** What goes on in the background for the role of this node: nothing is forgotten when the node stops. */
export class Operations {
  private readonly running = new Set<Promise<void>>();

  /** `failed` hears of an operation that ends in an error, which none is expected to. */
  constructor(private readonly failed: (error: unknown) => void) {}

  run(operation: () => Promise<void>): Promise<void> {
    const ended = operation().catch(this.failed);
    this.running.add(ended);
    void ended.then(() => this.running.delete(ended));
    return ended;
  }

  /** Resolves when nothing is under way. */
  async allEnded(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }
}
