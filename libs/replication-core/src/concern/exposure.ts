/**
 * Counts the messages that were acknowledged to their writers and are not committed: a change of master could orphan them.
 * The count is exact, because operators rely on it.
 *
 * One bit per index, in pages that are dropped when the committed index passes them. Without a majority the count can grow
 * for hours; a set of numbers would need forty times the memory and hold at most sixteen million.
 */
const WORD_BITS = 32;
const PAGE_WORDS = 128;
const PAGE_INDEXES = PAGE_WORDS * WORD_BITS;

export class Exposure {
  /** By page number. A set bit is a satisfied write above the committed index; no page is entirely at or below `committed`. */
  private readonly pages = new Map<number, Uint32Array>();
  private committed = 0;
  /** Number of bits set in all pages. */
  private exposed = 0;

  get count(): number {
    return this.exposed;
  }

  satisfied(index: number): void {
    if (index <= this.committed) return;
    const page = this.pageOf(index);
    const word = wordOf(index);
    const before = page[word] as number;
    const after = (before | bitOf(index)) >>> 0;
    if (after === before) return;
    page[word] = after;
    this.exposed += 1;
  }

  /** Visits every index once in its life, so the cost depends on the records committed and not on the count. */
  commit(upTo: number): void {
    if (upTo <= this.committed) return;
    const lastPage = Math.floor(upTo / PAGE_INDEXES);
    for (let number = Math.floor((this.committed + 1) / PAGE_INDEXES); number <= lastPage; number++) {
      const page = this.pages.get(number);
      if (page === undefined) continue;
      const first = number * PAGE_INDEXES;
      const end = Math.min(upTo + 1, first + PAGE_INDEXES);
      for (let index = Math.max(this.committed + 1, first); index < end; index++) this.clear(page, index);
      if (end === first + PAGE_INDEXES) this.pages.delete(number);
    }
    this.committed = upTo;
  }

  private clear(page: Uint32Array, index: number): void {
    const word = wordOf(index);
    const before = page[word] as number;
    const after = (before & ~bitOf(index)) >>> 0;
    if (after === before) return;
    page[word] = after;
    this.exposed -= 1;
  }

  private pageOf(index: number): Uint32Array {
    const number = Math.floor(index / PAGE_INDEXES);
    const known = this.pages.get(number);
    if (known !== undefined) return known;
    const page = new Uint32Array(PAGE_WORDS);
    this.pages.set(number, page);
    return page;
  }
}

function wordOf(index: number): number {
  return Math.floor((index % PAGE_INDEXES) / WORD_BITS);
}

function bitOf(index: number): number {
  return 1 << (index % WORD_BITS);
}
