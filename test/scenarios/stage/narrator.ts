/**
 * Turns events into the lines of a story. Nodes that do the same share a line: an event joins an earlier line with the
 * same words if nothing happened to its nodes since. So the order of events on each single node stays as it was.
 */
export interface Happening {
  readonly by: string;
  /** Whom it is said to; nobody where it is no word to anyone. */
  readonly to?: string;
  readonly what: string;
}

interface Line {
  readonly by: string[];
  readonly to: string[];
  readonly what: string;
}

const HEAD_WIDTH = 16;

export class Narrator {
  private lines: Line[] = [];

  tell({ by, to, what }: Happening): void {
    for (const line of this.lines.toReversed()) {
      if (line.what === what && this.join(line, by, to)) return;
      const isConcerned = [...line.by, ...line.to].includes(by) || (to !== undefined && line.by.includes(to));
      if (isConcerned) break;
    }
    this.lines.push({ by: [by], to: to === undefined ? [] : [to], what });
  }

  /** Has anything been told since the last `take` that contains `text`? */
  hasTold(text: string): boolean {
    return this.lines.some((line) => formatted(line).includes(text));
  }

  /** The lines so far; begins anew. */
  take(): string[] {
    const told = this.lines.map(formatted);
    this.lines = [];
    return told;
  }

  private join(line: Line, by: string, to: string | undefined): boolean {
    const isSameTo = to === undefined ? line.to.length === 0 : line.to.length === 1 && line.to[0] === to;
    if (isSameTo && !line.by.includes(by)) {
      line.by.push(by);
      return true;
    }
    const isSameBy = line.by.length === 1 && line.by[0] === by;
    if (to === undefined || !isSameBy || line.to.length === 0 || line.to.includes(to)) return false;
    line.to.push(to);
    return true;
  }
}

function formatted({ by, to, what }: Line): string {
  const [who, whom] = [by.toSorted().join(' '), to.toSorted().join(' ')];
  const head = whom === '' ? who : `${who} → ${whom}`;
  return `${head.padEnd(HEAD_WIDTH)} ${what}`;
}
