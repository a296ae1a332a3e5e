/**
 * What a node answers to other nodes whatever its role: how it stands, a ping, a promise, and its log for those who
 * compare or fetch. A node of another cluster is refused before anything else is looked at.
 */
import { MAX_BATCH_BYTES, ReplogError } from '@replog/contracts';
import type { Clock, LogPosition, NodeStatus, PingRequest, PromiseAnswer, PromiseRequest } from '@replog/contracts';
import type { LocalNode } from '../node/local-node.js';
import type { PromiseBook } from '../node/promise-book.js';

export class PeerService {
  constructor(
    private readonly node: LocalNode,
    private readonly promises: PromiseBook,
    private readonly clock: Clock,
  ) {}

  status(): NodeStatus {
    return this.node.status;
  }

  /**
   * A master says that it lives. The answer tells it, among others, of a higher epoch it did not know. A ping meant for
   * another incarnation of this node is no word to this one: that has to register, and does when it hears of nobody.
   */
  ping(request: PingRequest): NodeStatus {
    this.refuseForeign(request.clusterId);
    const isCurrent = request.epoch >= this.node.epoch && request.master.nodeId !== this.node.nodeId;
    if (isCurrent) {
      this.node.heardEpoch(request.epoch, request.master.nodeId);
      if (request.incarnation !== this.node.incarnation) {
        // An emptied log knows nobody, and MASTER_HOST may name this node itself: this is whom to ask.
        this.node.noteAddress(request.master.nodeId, request.master.url);
        return this.node.status;
      }
      this.node.heardMaster({ ...request.master, epoch: request.epoch }, this.clock.nowMs());
    }
    return this.node.status;
  }

  promise(request: PromiseRequest): Promise<PromiseAnswer> {
    return this.promises.promise(request);
  }

  async position(index: number): Promise<LogPosition | null> {
    return this.node.store.positionAt(index);
  }

  /** Durable records from `fromIndex` on: what another node takes over must survive here. */
  async records(fromIndex: number): Promise<Buffer> {
    const upTo = this.node.store.durable.index;
    if (fromIndex > upTo) return Buffer.alloc(0);
    return this.node.store.read(fromIndex, { maxBytes: MAX_BATCH_BYTES, upTo });
  }

  private refuseForeign(clusterId: string): void {
    if (this.node.clusterId === null || this.node.clusterId === clusterId) return;
    throw new ReplogError(
      'FOREIGN_CLUSTER',
      `This node belongs to cluster ${this.node.clusterId}, the caller to ${clusterId}. ` +
        'Give the node an empty data directory to let it join another cluster.',
    );
  }
}
