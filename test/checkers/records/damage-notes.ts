/**
 * What checkers know of damage that was done on purpose: which bytes of a file stood for what before. They go on
 * reading the log as its node wrote it, so that no rule has to look away from a machine with a flipped bit.
 */
interface Note {
  readonly at: number;
  readonly original: Buffer;
  readonly damaged: Buffer;
}

export class DamageNotes {
  /** By the medium's own buffer of a file, which a rename leaves alone. */
  private readonly notes = new WeakMap<Buffer, Note[]>();

  /** The bytes of `content` at `at` became `damaged`; they were `original`, of the same length. */
  add(content: Buffer, note: Note): void {
    this.notes.set(content, [...(this.notes.get(content) ?? []), note]);
  }

  /** Is any damage still there, not overwritten since? */
  standsIn(content: Buffer): boolean {
    return this.standing(content).length > 0;
  }

  /** The content as it was written: the same buffer where there is no damage, else a copy. */
  undone(content: Buffer): Buffer {
    const standing = this.standing(content);
    if (standing.length === 0) return content;
    const copy = Buffer.from(content);
    for (const { at, original } of standing) original.copy(copy, at);
    return copy;
  }

  private standing(content: Buffer): Note[] {
    const notes = this.notes.get(content) ?? [];
    return notes.filter(({ at, damaged }) => content.subarray(at, at + damaged.length).equals(damaged));
  }
}
