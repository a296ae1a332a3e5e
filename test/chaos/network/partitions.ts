/** Which directions are cut now. Directed: a cut from A to B leaves the way back open. */

/** `silent`: what is sent waits and nothing comes. `refused`: connections break and none is taken. */
export type Break = 'silent' | 'refused';

export interface CutWay {
  readonly from: string;
  readonly to: string;
  readonly how: Break;
}

export class Partitions {
  private readonly breaks = new Map<string, CutWay>();
  private readonly listeners: (() => void)[] = [];

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  between(from: string, to: string): Break | null {
    return this.breaks.get(wayOf(from, to))?.how ?? null;
  }

  all(): readonly CutWay[] {
    return [...this.breaks.values()];
  }

  /** Cuts every way from one of `from` to one of `to`. Answers what heals it. */
  cut(from: readonly string[], to: readonly string[], how: Break): () => void {
    const ways = from.flatMap((one) => to.map((other) => ({ from: one, to: other, how })));
    for (const way of ways) this.breaks.set(wayOf(way.from, way.to), way);
    this.changed();
    return () => {
      for (const way of ways) this.breaks.delete(wayOf(way.from, way.to));
      this.changed();
    };
  }

  heal(): void {
    this.breaks.clear();
    this.changed();
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

function wayOf(from: string, to: string): string {
  return `${from} ${to}`;
}
