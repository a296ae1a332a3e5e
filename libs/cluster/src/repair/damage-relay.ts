/** Passes damage on to the reporter. The parts of a node that find damage are made before the reporter is. */
import type { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import type { DamageReporter, FoundBy } from '@replog/log-store/damage-reporter.port.js';

export class DamageRelay implements DamageReporter {
  private responsible: DamageReporter | null = null;

  use(responsible: DamageReporter): void {
    this.responsible = responsible;
  }

  report(error: CorruptRecordError, foundBy: FoundBy): void {
    this.responsible?.report(error, foundBy);
  }
}
