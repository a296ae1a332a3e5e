/**
 * The operator of the cluster under chaos: asks who is master, and orders planned transfers. It never takes the place of the
 * automatic failover. It uses the routes that an operator of a real cluster uses.
 */
import type { Problem } from '@replog/contracts/errors.js';
import type { ClusterView, ElectionView, MemberView, PromotionView } from '@replog/contracts/views.js';
import { ADMIN_API_KEY } from '../../support/cluster.js';
import type { Answer } from '../../support/node-client.js';
import type { ChaosCluster } from './chaos-cluster.js';
import type { ChaosNode } from './chaos-node.js';

const LOOK_PATIENCE_MS = 1_500;
const PROMOTE_PATIENCE_MS = 12_000;

export const ADMIN = { 'x-token': ADMIN_API_KEY };

export interface Seen {
  readonly node: ChaosNode;
  readonly role: string;
  readonly epoch: number;
  /** How it became master in this epoch, as it says itself; `null` if it does not say. */
  readonly election: ElectionView | null;
}

export class Operator {
  constructor(private readonly cluster: ChaosCluster) {}

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

  /** Whoever answers. */
  async look(): Promise<readonly Seen[]> {
    const views = await Promise.all(
      this.cluster.nodes.map(async (node) => {
        const view = node.condition === 'running' ? await this.viewOf(node) : null;
        if (view === null) return null;
        const { role, epoch, elections } = view;
        return { node, role, epoch, election: elections.find((one) => one.epoch === epoch) ?? null };
      }),
    );
    return views.filter((view) => view !== null);
  }

  /** `null` also where it does not serve yet. */
  private viewOf(node: ChaosNode): Promise<ClusterView | null> {
    return node
      .client(LOOK_PATIENCE_MS)
      .get<ClusterView>('/cluster')
      .then(
        ({ status, body }) => (status === 200 ? body : null),
        () => null,
      );
  }
}
