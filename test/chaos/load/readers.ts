/** A reader on every node, with each read concern in turn. It checks what it is shown. */
import type { MessageView, ReadConcern } from '@replog/contracts/views.js';
import type { ChaosCluster } from '../cluster/chaos-cluster.js';
import type { ChaosNode } from '../cluster/chaos-node.js';
import { lasting } from '../faults/scene.js';
import type { Ledger } from './ledger.js';

const EVERY_MS = 120;
const PATIENCE_MS = 2_000;
const LIMIT = 200;
/** How far behind the newest a read begins. */
const LOOKING_BACK = 60;
const CONCERNS: readonly ReadConcern[] = ['majority', 'linearizable', 'local'];

export class Readers {
  private isStopping = false;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly cluster: ChaosCluster,
    private readonly ledger: Ledger,
  ) {}

  start(): void {
    this.running = Promise.all(this.cluster.nodes.map((node) => this.run(node)));
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.running;
  }

  private async run(node: ChaosNode): Promise<void> {
    for (let number = 0; !this.isStopping; number++) {
      if (node.condition === 'running') await this.read(node, CONCERNS[number % CONCERNS.length] as ReadConcern);
      await lasting(EVERY_MS);
    }
  }

  private async read(node: ChaosNode, concern: ReadConcern): Promise<void> {
    const { ledger } = this;
    const floor = ledger.floor;
    const after = Math.max(0, floor - LOOKING_BACK);
    const messages = await node
      .client(PATIENCE_MS)
      .messages(`?after=${after}&limit=${LIMIT}&concern=${concern}`)
      .catch(() => null);
    ledger.countRead(messages === null ? `${concern}, not answered` : concern);
    if (messages === null) return;
    this.requireWhole(node, messages, after);
    if (concern !== 'local') ledger.showed(node.nodeId, messages);
    const last = messages.at(-1)?.seq ?? after;
    if (concern === 'linearizable' && messages.length < LIMIT && last < floor) {
      ledger.violate(
        'stale-read',
        node.nodeId,
        last,
        `ends a linearizable read at ${last}, where ${floor} was acknowledged`,
      );
    }
  }

  private requireWhole(node: ChaosNode, messages: readonly MessageView[], after: number): void {
    const place = messages.findIndex(({ seq }, at) => seq !== after + 1 + at);
    if (place < 0) return;
    const found = (messages[place] as MessageView).seq;
    this.ledger.violate(
      'gap',
      node.nodeId,
      after + 1 + place,
      `gives a reader ${found}, where ${after + 1 + place} belongs`,
    );
  }
}
