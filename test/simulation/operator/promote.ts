/** `POST /cluster/promote`, and what must be so when it answers. */
import { ReplogError } from '@replog/contracts/errors.js';
import type { PromotionView } from '@replog/contracts/views.js';
import type { SimulatedCluster } from '../cluster/simulated-cluster.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';

export type Promoted =
  | { readonly kind: 'answered'; readonly view: PromotionView }
  /** `code`: the error's, or what was said instead. */
  | { readonly kind: 'refused'; readonly code: string };

/** Never answers if the process ends first. */
export async function promote(
  cluster: SimulatedCluster,
  machine: SimulatedNode,
  request: { readonly dryRun: boolean; readonly force: boolean },
): Promise<Promoted> {
  try {
    const view = await machine.promote(request);
    if (view.outcome === 'promoted') cluster.guard(() => noteTransfer(cluster, machine, view));
    return { kind: 'answered', view };
  } catch (error) {
    return { kind: 'refused', code: error instanceof ReplogError ? error.code : String(error) };
  }
}

function noteTransfer({ terms, transfers }: SimulatedCluster, { name }: SimulatedNode, view: PromotionView): void {
  const { transfer, epoch } = view;
  const transferred = transfer === null ? undefined : terms.epochTransferred(transfer.nodeId, name);
  const started = terms.of(epoch);
  if (transferred !== undefined && started !== undefined) transfers.succeeded(transferred, name, started.history);
}
