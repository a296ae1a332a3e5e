/**
 * What a node answers to other nodes whatever its role: how it stands, a ping, a promise, and its log for those who
 * compare or fetch. A node of another cluster is refused before anything else is looked at.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import { MAX_BATCH_BYTES } from '@replog/contracts/limits.js';
import type { NodeStatus, PingRequest, VoteAnswer, VoteRequest } from '@replog/contracts/http.js';
import type { Clock } from '@replog/contracts/ports.js';
import type { LogPosition } from '@replog/contracts/record.js';
import type { LocalNode } from '../node/local-node.js';
import type { VoteBook } from '../votes/vote-book.js';
import { refuseForeign } from '@replog/core/membership/refuse-foreign.js';

export class PeerService {
  constructor(
    private readonly node: LocalNode,
    private readonly votes: VoteBook,
    private readonly clock: Clock,
  ) {}

  status(): NodeStatus {
    return this.node.status;
  }

  /**
   * A master says that it lives. One whose epoch is over is told so, and of which epoch this node holds to. A ping meant
   * for another incarnation of this node is no word to this one: that has to register, and does when it hears of nobody.
   */
  ping(request: PingRequest): NodeStatus {
    refuseForeign(this.node, request.clusterId, request.master.nodeId);
    this.refuseStale(request);
    if (request.master.nodeId !== this.node.nodeId) {
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

  async vote(request: VoteRequest): Promise<VoteAnswer> {
    const answer = await this.votes.vote(request);
    const { epoch, candidate } = request;
    if (answer.granted) this.node.roles.give({ kind: 'voteGranted', epoch, to: candidate });
    return answer;
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

  private refuseStale({ epoch, master }: PingRequest): void {
    if (epoch >= this.node.epoch) return;
    throw new ReplogError(
      'STALE_EPOCH',
      `Epoch ${epoch} of ${master.nodeId} is over: ${this.node.nodeId} holds to epoch ${this.node.epoch}. ` +
        'Whoever is master now is named by GET /cluster.',
      { extra: { epoch: this.node.epoch } },
    );
  }
}
