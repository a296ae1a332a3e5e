/** The log lines of nodes that belong in a story. */
import { Trace } from '../../simulation/engine/trace.js';
import type { Happening } from './narrator.js';
import { inNames } from './words.js';

/** Told by other lines already, or repeated while the master is away. */
const LEFT_OUT = [
  /^start as /,
  /^begins its term in epoch/,
  /^membership in record/,
  / registered at n\d+$/,
  /^not registered at .*(does not answer|knows of no living master|Send this request to the master|is starting|shutting down|nothing answers there)/,
];

export class Sentences extends Trace {
  private readonly lastSaid = new Map<string, string>();

  constructor(
    nowMs: () => number,
    private readonly tell: (happening: Happening) => void,
  ) {
    super(nowMs);
  }

  override add(who: string, what: string): void {
    super.add(who, what);
    const sentence = inNames(what.replace(/^(info|warn|error|fatal): /, '').replace(/ on port \d+$/, ''))
      .replace(/ at (n\d+)$/, (whole, name: string) => (what.includes(`with ${name} `) ? '' : whole))
      .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…');
    if (LEFT_OUT.some((pattern) => pattern.test(sentence)) || this.lastSaid.get(who) === sentence) return;
    this.lastSaid.set(who, sentence);
    this.tell({ by: who, what: sentence });
  }
}
