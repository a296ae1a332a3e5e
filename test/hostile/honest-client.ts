/** A client that makes no mistakes, on one node: however hostile the others are, it is answered, and well. */
import { NodeClient } from '../support/node-client.js';
import { API_KEY } from '../support/cluster.js';
import type { NodeProcess } from '../support/node-process.js';
import type { Fates } from './judge.js';

const PATIENCE_MS = 10_000;
const THINK_MS = 10;
const READ_EVERY = 3;

export class HonestClient {
  answered = 0;
  longestMs = 0;
  readonly faults: string[] = [];
  private isStopping = false;
  private running: Promise<void> = Promise.resolve();
  private readonly client: NodeClient;

  constructor(
    private readonly node: NodeProcess,
    private readonly fates: Fates,
  ) {
    this.client = new NodeClient(node.url, API_KEY, PATIENCE_MS);
  }

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.running;
  }

  private async run(): Promise<void> {
    for (let number = 1; !this.isStopping; number++) {
      await this.measured(`write ${number}`, () => this.write(number));
      if (number % READ_EVERY === 0) await this.measured(`read ${number}`, () => this.read());
      await new Promise((resolve) => setTimeout(resolve, THINK_MS));
    }
  }

  private async measured(what: string, request: () => Promise<string>): Promise<void> {
    const startedMs = performance.now();
    const said = await request().catch((error: unknown) => `no answer: ${String(error)}`);
    this.longestMs = Math.max(this.longestMs, performance.now() - startedMs);
    this.answered += 1;
    if (said !== 'good') this.faults.push(`the honest client of ${this.node.nodeId}: ${what}: ${said}`);
  }

  private async write(number: number): Promise<string> {
    const message = `honest client of ${this.node.nodeId}, message ${number}`;
    this.fates.add(message, 'open', 'an honest client');
    const { status, body } = await this.client.append(message, 1, { timeoutMs: PATIENCE_MS });
    const isStored = status === 201 || status === 202;
    this.fates.add(message, isStored ? 'acknowledged' : 'open', 'an honest client');
    return status === 201 ? 'good' : `${status} ${body.code ?? body.outcome}: ${body.detail ?? ''}`;
  }

  private async read(): Promise<string> {
    const { status } = await this.client.get('/messages/1');
    return status === 200 ? 'good' : String(status);
  }
}
