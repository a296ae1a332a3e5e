/** What happened, event by event: a hash over everything, and the last lines for debugging. */
import { createHash } from 'node:crypto';

const KEPT_LINES = 400;

export class Trace {
  private readonly digest = createHash('sha256');
  private readonly lines: string[] = [];
  private waiting = '';

  constructor(
    private readonly nowMs: () => number,
    /** Gets every line as it comes. */
    private readonly watch: ((line: string) => void) | null = null,
  ) {}

  add(who: string, what: string): void {
    const line = `${this.nowMs().toFixed(3).padStart(11)} ${who.padEnd(8)} ${what}`;
    this.watch?.(line);
    this.waiting += `${line}\n`;
    if (this.waiting.length > 16_384) this.flush();
    this.lines.push(line);
    if (this.lines.length > 2 * KEPT_LINES) this.lines.splice(0, KEPT_LINES);
  }

  last(count: number): readonly string[] {
    return this.lines.slice(-count);
  }

  /** Ends the trace. */
  hash(): string {
    this.flush();
    return this.digest.digest('hex');
  }

  private flush(): void {
    this.digest.update(this.waiting);
    this.waiting = '';
  }
}
