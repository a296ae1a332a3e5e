/**
 * Many clients at once at one node, one request each. They show records that only the master has, and how a full
 * master refuses.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import type { Random } from '@replog/contracts/ports.js';
import type { WriteConcern } from '@replog/contracts/views.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';
import type { Clients } from './clients.js';
import { draftOf } from './draft.js';
import type { Draft } from './draft.js';
import { submit } from './submission.js';
import type { Submitted } from './submission.js';

export interface BurstOrder {
  readonly requests: number;
  /** Each request has one of them. */
  readonly concerns: readonly WriteConcern[];
  /** The first comes at once, the last after this time. */
  readonly withinMs: number;
  readonly batchChance: number;
}

const MOST_PATIENCE_MS = 900;
const ANSWERED_WITHIN_MS = 300;

export class Burst {
  constructor(private readonly clients: Clients) {}

  /** All chance is drawn at the start. */
  begin(random: Random, target: SimulatedNode, order: BurstOrder): void {
    const { requests, concerns, withinMs, batchChance } = order;
    for (let number = 0; number < requests; number++) {
      const concern = concerns[Math.floor(random.next() * concerns.length)] as WriteConcern;
      const draft = draftOf(this.clients, 'burst', { random, batchChance });
      const pieces = { bytes: 100 + Math.floor(random.next() * 400), everyMs: random.next() * 4 };
      const wanted = { concern, timeoutMs: random.next() * MOST_PATIENCE_MS, pieces };
      this.clients.scheduler.after((withinMs * number) / requests, () => void this.write(target, draft, wanted));
    }
  }

  private async write(target: SimulatedNode, draft: Draft, wanted: Parameters<typeof submit>[3]): Promise<void> {
    const { clients } = this;
    if (clients.isOver) return;
    const texts = draft.map(({ text }) => text);
    const chapter = clients.story.begin(
      texts,
      draft.map(({ key }) => key),
    );
    const waitMs = wanted.timeoutMs + ANSWERED_WITHIN_MS;
    try {
      const { receipt, judged } = await clients.ask<Submitted>(target, waitMs, (door) =>
        submit(clients, door, draft, wanted),
      );
      if (judged === null) return;
      const seqs = judged.places.map(({ seq }) => seq);
      chapter.end({ outcome: receipt.outcome, seqs, isStrong: judged.isStrong });
      clients.cluster.count(`writes ${receipt.outcome}`);
    } catch (error) {
      const code = error instanceof ReplogError ? error.code : null;
      clients.trace.add('burst', `failed: ${code ?? String(error)}`);
      chapter.end({ outcome: code === null ? 'unknown' : 'rejected', seqs: [], isStrong: false });
      if (code === null) return;
      clients.refused(code);
      clients.rejected(texts);
    }
  }
}
