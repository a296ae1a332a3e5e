/**
 * Finds a secondary that takes records and acknowledges none, although its link lives. It looks at the oldest record that was
 * sent and is not acknowledged: as long as that one changes, there is progress, however slow.
 */
export class AcknowledgementWatch {
  private awaited: number | null = null;
  /** When `awaited` was first seen. */
  private sinceMs = 0;

  /**
   * `awaited`: index of the oldest record that is sent and not acknowledged; `null` if there is none. Returns for how many
   * milliseconds it has been awaited, as far as this has seen; 0 without one.
   */
  look(nowMs: number, awaited: number | null): number {
    if (awaited === null || awaited !== this.awaited) this.sinceMs = nowMs;
    this.awaited = awaited;
    return nowMs - this.sinceMs;
  }
}
