/**
 * Nothing acknowledged is lost, whatever its concern. A message with a receipt is in the final log, or was set aside
 * and appended again. Only a lost disk may take a message with it, and only if no other disk had a copy.
 */
import { BrokenRule } from './broken-rule.js';

export class KeptLedger {
  /** The last node that acknowledged it, by the text of the message. */
  private readonly acknowledgedBy = new Map<string, string>();
  /** Acknowledged messages whose last copy was taken away. */
  private readonly takenAway = new Set<string>();

  get goneCount(): number {
    return this.takenAway.size;
  }

  /** A receipt was given: at least the master's disk has it now. */
  acknowledged(text: string, by: string): void {
    this.acknowledgedBy.set(text, by);
    this.takenAway.delete(text);
  }

  /** A disk is about to lose `texts`; `remains` says whether another copy is left. */
  takeAway(texts: Iterable<string>, remains: (text: string) => boolean): void {
    for (const text of texts) if (this.acknowledgedBy.has(text) && !remains(text)) this.takenAway.add(text);
  }

  /** At the end, when all orphans were appended again: `texts` are the messages of the one log. */
  requireAll(texts: ReadonlySet<string>): void {
    for (const [text, by] of this.acknowledgedBy) {
      if (texts.has(text) || this.takenAway.has(text)) continue;
      throw new BrokenRule(
        'kept',
        `${text}, acknowledged by ${by}, is not in the log, nor was its last copy destroyed`,
      );
    }
  }
}
