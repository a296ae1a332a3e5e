import type { NodeStart } from '@replog/contracts/http.js';
import type { MemberView } from '@replog/contracts/views.js';

/** What a term offers to the rest of its node. */
export interface NodeTerm {
  /** See `NodeView.confirmTerm`. */
  confirm(): Promise<number>;
  /** Every member, this node first, and the learners. */
  members(): Promise<readonly MemberView[]>;
  /** The highest index that this node has acknowledged in the term. */
  acknowledgedBy(node: Pick<NodeStart, 'incarnation'> & { readonly nodeId: string }): number;
  /** Messages that were acknowledged to their writers and are not committed. */
  readonly exposure: number;
  /** How long it has heard no majority of the members. */
  readonly silentMs: number;
  /** This process was itself stopped: what it has not heard meanwhile does not count. */
  excuseSilence(): void;
}
