/** A line of a story that asks for something: `write "a" wc=majority key=k1 &`. */

export class Command {
  private readonly used = new Set<string>();

  private constructor(
    readonly name: string,
    readonly words: readonly string[],
    /** What was written in quotes. */
    readonly texts: readonly string[],
    private readonly options: ReadonlyMap<string, string>,
    /** Ends in `&`: time does not go on until another command lets it. */
    readonly isBackground: boolean,
  ) {}

  static parse(line: string): Command {
    const tokens = line.match(/"[^"]*"|\S+/g) ?? [];
    const isBackground = tokens.at(-1) === '&';
    const [name = '', ...rest] = isBackground ? tokens.slice(0, -1) : tokens;
    const texts = rest.filter((token) => token.startsWith('"')).map((token) => token.slice(1, -1));
    const plain = rest.filter((token) => !token.startsWith('"'));
    const options = plain.filter((token) => token.includes('=')).map((token) => token.split('=') as [string, string]);
    const words = plain.filter((token) => !token.includes('='));
    return new Command(name, words, texts, new Map(options), isBackground);
  }

  option(name: string): string | undefined {
    this.used.add(name);
    return this.options.get(name);
  }

  milliseconds(name: string, otherwise: number): number {
    const value = this.option(name);
    return value === undefined ? otherwise : millisecondsOf(value);
  }

  has(word: string): boolean {
    return this.words.includes(word);
  }

  /** An option that the command never asked for is a slip of the pen. */
  requireAllUsed(): void {
    const unknown = [...this.options.keys()].find((name) => !this.used.has(name));
    if (unknown !== undefined) throw new Error(`${this.name} knows no ${unknown}=`);
  }
}

/** `250ms`, `2s` or `5m`. */
export function millisecondsOf(text: string | undefined): number {
  const match = text?.match(/^(\d+(?:\.\d+)?)(ms|s|m)$/);
  if (!match) throw new Error(`${text ?? 'nothing'} is no time; write 250ms, 2s or 5m`);
  return Number(match[1]) * { ms: 1, s: 1_000, m: 60_000 }[match[2] as 'ms' | 's' | 'm'];
}
