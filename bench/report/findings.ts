/** Gathers what cases find, round by round. */
import type { Figures } from '../measure/measured.js';
import type { Observation, Row } from './result.js';

export class Findings {
  private readonly byRow = new Map<string, Row>();
  private readonly byObservation = new Map<string, Observation>();

  /** `watch` is told each as it comes. */
  constructor(private readonly watch: (sentence: string) => void) {}

  /** One more round of this row. */
  add(row: Omit<Row, 'rounds'>, figures: Figures): void {
    const key = `${row.id} ${row.contender}`;
    const known = this.byRow.get(key) ?? { ...row, rounds: [] };
    known.rounds.push(figures);
    this.byRow.set(key, known);
    this.watch(
      `  ${row.contender.padEnd(16)} ${Math.round(figures.messagesPerSecond).toLocaleString('en')} messages/s`,
    );
  }

  observe(observation: Omit<Observation, 'values'>, value: number): void {
    const known = this.byObservation.get(observation.id) ?? { ...observation, values: [] };
    known.values.push(value);
    this.byObservation.set(observation.id, known);
    this.watch(`  ${observation.title}: ${value.toFixed(2)} ${observation.unit}`);
  }

  get rows(): readonly Row[] {
    return [...this.byRow.values()];
  }

  get observations(): readonly Observation[] {
    return [...this.byObservation.values()];
  }
}
