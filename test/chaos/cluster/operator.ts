/**
 * The operator of the cluster under chaos: asks who is master, promotes, and promotes by itself where there was no master
 * for a while. It uses the routes that an operator of a real cluster uses.
 */
import type { Problem } from '@replog/contracts/errors.js';
import type { ClusterView, MemberView, PromotionView } from '@replog/contracts/views.js';
import { ADMIN_API_KEY } from '../../support/cluster.js';
import type { Answer } from '../../support/node-client.js';
import type { ChaosCluster } from './chaos-cluster.js';
import type { ChaosNode } from './chaos-node.js';

const LOOK_PATIENCE_MS = 1_500;
const PROMOTE_PATIENCE_MS = 12_000;
const LOOK_EVERY_MS = 500;
/** After so long without a master the operator promotes. */
const WITHOUT_MASTER_MS = 2_500;

export const ADMIN = { 'x-token': ADMIN_API_KEY };

interface Seen {
  readonly node: ChaosNode;
  readonly role: string;
  readonly epoch: number;
}

export class Operator {
  /** Promotions because there was no master. */
  rescues = 0;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly cluster: ChaosCluster,
    private readonly note: (sentence: string) => void,
  ) {}

  start(): void {
    this.running = this.watch();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** The node that says it is master; of several, the one with the highest epoch. */
  async master(): Promise<ChaosNode | null> {
    const views = await this.look();
    const masters = views.filter(({ role }) => role === 'master').sort((one, other) => other.epoch - one.epoch);
    return masters[0]?.node ?? null;
  }

  /** `null`: no answer came. */
  promote(node: ChaosNode): Promise<Answer<PromotionView & Problem> | null> {
    const headers = { ...ADMIN, 'content-type': 'application/json' };
    return node
      .client(PROMOTE_PATIENCE_MS)
      .request<PromotionView & Problem>('POST', '/cluster/promote', { headers, body: '{}' })
      .catch(() => null);
  }

  async members(master: ChaosNode): Promise<readonly MemberView[]> {
    return master
      .client(LOOK_PATIENCE_MS)
      .secondaries()
      .catch(() => []);
  }

  private async look(): Promise<readonly Seen[]> {
    const views = await Promise.all(
      this.cluster.nodes.map(async (node) => {
        const view = node.condition === 'running' ? await this.viewOf(node) : null;
        return view === null ? null : { node, role: view.role, epoch: view.epoch };
      }),
    );
    return views.filter((view) => view !== null);
  }

  private viewOf(node: ChaosNode): Promise<ClusterView | null> {
    return node
      .client(LOOK_PATIENCE_MS)
      .cluster()
      .catch(() => null);
  }

  private async watch(): Promise<void> {
    let noMasterSinceMs = performance.now();
    for (let round = 0; !this.stopping.signal.aborted; round++) {
      const seen = await this.look();
      const hasMaster = seen.some(({ role }) => role === 'master');
      // Without a majority no node can be promoted.
      if (hasMaster || seen.length <= this.cluster.nodes.length / 2) noMasterSinceMs = performance.now();
      else if (performance.now() - noMasterSinceMs > WITHOUT_MASTER_MS) await this.rescue(seen, round);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  private async rescue(seen: readonly Seen[], round: number): Promise<void> {
    const { node: candidate } = seen[round % seen.length] as Seen;
    const answer = await this.promote(candidate);
    if (answer?.status === 200) this.rescues += 1;
    const how = answer === null ? 'no answer' : `${answer.status} ${answer.body.code ?? answer.body.outcome}`;
    this.note(`operator: no master, promote ${candidate.nodeId}: ${how}`);
  }
}
