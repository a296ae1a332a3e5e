/**
 * What waits while the master changes. A client that wants to write meanwhile is held until the next master is known, or the
 * time for it is up, instead of being sent away. The role machine says when that begins and ends.
 */
export class MasterChange {
  private current: { readonly over: Promise<void>; readonly end: () => void } | null = null;

  /** Resolves when the change is over; `null` where no change is under way. Never rejects. */
  get over(): Promise<void> | null {
    return this.current?.over ?? null;
  }

  update(isChanging: boolean): void {
    if (isChanging === (this.current !== null)) return;
    this.current?.end();
    this.current = isChanging ? pending() : null;
  }
}

function pending(): { over: Promise<void>; end: () => void } {
  let end: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (end = resolve));
  return { over, end };
}
