/**
 * What the master knows about the health of one secondary, from pings and the link. Pure: facts and the time come in, the
 * state comes out.
 *
 *   HEALTHY ── a ping missed, the link lost, or nothing stored there ──▶ SUSPECTED ── `failures` pings missed in a row ──▶ UNREACHABLE
 *      ◀───────────────────────────── a ping answered, and it stores ─────────────────────────────────────────────────────────┘
 */
export type HealthState = 'HEALTHY' | 'SUSPECTED' | 'UNREACHABLE';

export class FailureDetector {
  private current: HealthState = 'SUSPECTED';
  private why = 'not heard from yet';
  private sinceMs: number;
  /** Pings missed in a row; 0 after any answer. */
  private missed = 0;

  constructor(
    private readonly failures: number,
    nowMs: number,
  ) {
    this.sinceMs = nowMs;
  }

  get state(): HealthState {
    return this.current;
  }

  get reason(): string {
    return this.why;
  }

  /** When the state began, by the `nowMs` of the calls. */
  get since(): number {
    return this.sinceMs;
  }

  get missedPings(): number {
    return this.missed;
  }

  /** This and the calls below return whether the state changed. */
  pingAnswered(nowMs: number, whyNotStoring: string | null = null): boolean {
    this.missed = 0;
    if (whyNotStoring === null) return this.turn('HEALTHY', 'answers pings', nowMs);
    return this.turn('SUSPECTED', `answers pings, but ${whyNotStoring}`, nowMs);
  }

  pingMissed(nowMs: number, cause: string): boolean {
    this.missed += 1;
    const missed = `${this.missed} ${this.missed === 1 ? 'ping' : 'pings'} missed: ${cause}`;
    return this.turn(this.missed >= this.failures ? 'UNREACHABLE' : 'SUSPECTED', missed, nowMs);
  }

  linkLost(nowMs: number, cause: string): boolean {
    if (this.current === 'UNREACHABLE') return false;
    return this.turn('SUSPECTED', `the link was lost: ${cause}`, nowMs);
  }

  private turn(next: HealthState, why: string, nowMs: number): boolean {
    this.why = why;
    if (next === this.current) return false;
    this.current = next;
    this.sinceMs = nowMs;
    return true;
  }
}
