/**
 * Requests that wait while the master changes. A write is held until the next master is known or its time is up, and is
 * not refused at once. The role machine says when a change begins and ends.
 */
export class MasterChange {
  private current: { readonly over: Promise<void>; readonly end: () => void } | null = null;

  /** Resolves when the change is over; `null` if there is no change. Never rejects. */
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
