/** Asks later for the receipts of finished writes, at the master of that moment. */
import { ReplogError } from '@replog/contracts/errors.js';
import type { Clients } from './clients.js';
import { resume } from './resumption.js';
import type { Chapter } from './story.js';

const MOST_PATIENCE_MS = 400;

export class Auditor {
  constructor(
    private readonly name: string,
    private readonly clients: Clients,
  ) {}

  async run(): Promise<void> {
    const { random, story } = this.clients;
    while (!this.clients.isOver) {
      await this.clients.pause(random.next() * 600);
      const chapter = story.chapters[Math.floor(random.next() * story.chapters.length)];
      if (chapter !== undefined) await this.ask(chapter);
    }
  }

  private async ask(chapter: Chapter): Promise<void> {
    const { clients } = this;
    const line = Math.floor(clients.random.next() * chapter.texts.length);
    const text = chapter.texts[line] as string;
    const waiting = { text, key: chapter.keys[line] ?? null, place: clients.book.placeOf(text) };
    try {
      const resumed = await resume(clients, waiting, 'majority', clients.random.next() * MOST_PATIENCE_MS);
      if (resumed === null) return;
      const told = resumed.kind === 'gone' ? 'gone' : resumed.receipt.outcome;
      clients.cluster.count(`receipts asked for later: ${told}`);
      clients.trace.add(this.name, `asked what became of a write: ${told}`);
    } catch (error) {
      clients.trace.add(this.name, `failed: ${error instanceof ReplogError ? error.code : String(error)}`);
    }
  }
}
