/** A live tail of what is committed on every node, resumed where it was cut: nothing may be missing or come twice. */
import type { MessageView } from '@replog/contracts/views.js';
import { API_KEY } from '../../support/cluster.js';
import { EventTail } from '../../support/event-tail.js';
import type { ChaosCluster } from '../cluster/chaos-cluster.js';
import type { ChaosNode } from '../cluster/chaos-node.js';
import { lasting } from '../faults/scene.js';
import type { Ledger } from './ledger.js';

const DRAIN_EVERY_MS = 100;
const PATH = '/messages?concern=majority';

export class Tails {
  /** The last seq each node's tail gave. */
  readonly lastSeqs = new Map<string, number>();
  /** The id of that event. */
  private readonly lastIds = new Map<string, string | undefined>();
  /** How often a tail was opened anew. */
  resumed = 0;
  private readonly stopping = new AbortController();
  private readonly stopped = new Promise<null>((resolve) => {
    this.stopping.signal.addEventListener('abort', () => resolve(null));
  });
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly cluster: ChaosCluster,
    private readonly ledger: Ledger,
  ) {}

  start(): void {
    this.running = Promise.all(this.cluster.nodes.map((node) => this.follow(node)));
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async follow(node: ChaosNode): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const tail = node.condition === 'running' ? await this.open(node) : null;
      if (tail !== null) await this.drain(node, tail);
      await lasting(DRAIN_EVERY_MS);
    }
  }

  private async open(node: ChaosNode): Promise<EventTail | null> {
    const last = this.lastIds.get(node.nodeId);
    const opening = EventTail.open(node.process.url, API_KEY, {
      path: PATH,
      lastEventId: last,
    }).catch(() => null);
    const tail = await Promise.race([opening, this.stopped]);
    if (tail === null) void opening.then((late) => late?.cut());
    else if (last !== undefined) this.resumed += 1;
    return tail;
  }

  private async drain(node: ChaosNode, tail: EventTail): Promise<void> {
    let isOpen = true;
    void tail.ended.then(() => (isOpen = false));
    while (isOpen && !this.stopping.signal.aborted) {
      this.take(node, tail);
      await lasting(DRAIN_EVERY_MS);
    }
    tail.cut();
    this.take(node, tail);
  }

  private take(node: ChaosNode, tail: EventTail): void {
    const events = tail.events.splice(0);
    const messages = events
      .filter(({ event }) => event === 'message')
      .map(({ data }) => JSON.parse(data) as MessageView);
    if (messages.length < events.length) {
      const seq = this.lastSeqs.get(node.nodeId) ?? 0;
      this.ledger.violate('gap', node.nodeId, seq, 'tells a tail of committed messages that they were replaced');
    }
    for (const { seq } of messages) {
      const expected = (this.lastSeqs.get(node.nodeId) ?? 0) + 1;
      if (seq !== expected) {
        this.ledger.violate('gap', node.nodeId, expected, `gives a live tail ${seq}, where ${expected} belongs`);
      }
      this.lastSeqs.set(node.nodeId, seq);
    }
    if (events.length > 0) this.lastIds.set(node.nodeId, events.at(-1)?.id);
    this.ledger.showed(node.nodeId, messages);
  }
}
