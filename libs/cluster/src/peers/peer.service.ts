/**
 * What a node answers to other nodes in every role: its status, a ping, a vote, and its log for nodes that compare or
 * fetch. It checks the cluster first and refuses a node of another cluster.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import { MAX_BATCH_BYTES } from '@replog/contracts/limits.js';
import type { NodeStatus, PingRequest, VoteAnswer, VoteRequest } from '@replog/contracts/http.js';
import type { Clock } from '@replog/contracts/ports.js';
import type { LogPosition } from '@replog/contracts/record.js';
import { knownOf } from '../identity/known-of.js';
import type { IdentityService } from '../identity/identity.service.js';
import type { LocalNode } from '../node/local-node.js';
import type { VoteBook } from '../votes/vote-book.js';
import { refuseForeign } from '@replog/core/membership/refuse-foreign.js';

export interface Caller {
  readonly nodeId: string;
  /** Missing from builds that do not send it. */
  readonly bootId?: string | undefined;
}

export interface Candidate extends Pick<Caller, 'bootId'> {
  /** Where the candidate is reached; `null` where it does not say. */
  readonly url: string | null;
}

export class PeerService {
  constructor(
    private readonly node: LocalNode,
    private readonly votes: VoteBook,
    private readonly clock: Clock,
    private readonly identity: Pick<IdentityService, 'obstacle' | 'requireSure' | 'isAlreadyAlive' | 'noticed'>,
  ) {}

  /** `caller`: the node that asks. It learns what is known of it here. */
  status(caller?: Caller): NodeStatus {
    if (caller === undefined) return this.node.status;
    const yours = knownOf(this.node, caller.nodeId);
    this.identity.noticed(caller.nodeId, caller.bootId);
    return yours === undefined ? this.node.status : { ...this.node.status, yours };
  }

  /**
   * A ping from a master. A master of a lower epoch is refused and told the epoch of this node. A ping for another
   * incarnation is ignored: this incarnation has to register first, and does so when it hears from no master.
   */
  ping(request: PingRequest): NodeStatus {
    refuseForeign(this.node, request.clusterId, request.master.nodeId);
    this.refuseStale(request);
    if (request.master.nodeId !== this.node.nodeId) {
      if (request.incarnation !== this.node.incarnation) {
        this.node.heardEpoch(request.epoch, { nodeId: request.master.nodeId, incarnation: null }, { isMaster: true });
        // A node with an empty log knows no members, and MASTER_HOST may name this node itself. The sender is then the
        // node to ask.
        this.node.noteAddress(request.master.nodeId, request.master.url);
        return this.node.status;
      }
      this.node.heardMaster({ ...request.master, epoch: request.epoch }, this.clock.nowMs());
    }
    return this.node.status;
  }

  async vote(request: VoteRequest, { url, bootId }: Candidate): Promise<VoteAnswer> {
    this.noteCandidate(request, url);
    const isTaken =
      (await this.identity.obstacle()) !== null || (await this.identity.isAlreadyAlive(request.candidate, bootId));
    if (isTaken) return this.votes.refuse('NODE_ID_TAKEN');
    this.identity.requireSure();
    const answer = await this.votes.vote(request);
    const { epoch, candidate } = request;
    if (answer.granted) this.node.roles.give({ kind: 'voteGranted', epoch, to: candidate });
    return answer;
  }

  /**
   * A candidate that joined by a record which this node lacks is unknown here, and may be the only one that can say what this
   * node has forgotten. An address that is known is not replaced: a copy of a node asks for votes under the id of that node.
   */
  private noteCandidate({ clusterId, candidate }: VoteRequest, url: string | null): void {
    const { node } = this;
    if (url === null || clusterId !== node.clusterId || node.addressOf(candidate) !== null) return;
    node.noteAddress(candidate, url);
  }

  async position(index: number): Promise<LogPosition | null> {
    return this.node.store.positionAt(index);
  }

  /** Durable records from `fromIndex` on: only records that survive a crash here may be copied. */
  async records(fromIndex: number): Promise<Buffer> {
    const upTo = this.node.store.durable.index;
    if (fromIndex > upTo) return Buffer.alloc(0);
    return this.node.store.read(fromIndex, { maxBytes: MAX_BATCH_BYTES, upTo });
  }

  private refuseStale({ epoch, master }: PingRequest): void {
    if (epoch >= this.node.epoch) return;
    throw new ReplogError(
      'STALE_EPOCH',
      `Epoch ${epoch} of ${master.nodeId} is over: ${this.node.nodeId} is in epoch ${this.node.epoch}. ` +
        'GET /cluster names the current master.',
      { extra: { epoch: this.node.epoch, nodeId: this.node.nodeId, incarnation: this.node.incarnation } },
    );
  }
}
