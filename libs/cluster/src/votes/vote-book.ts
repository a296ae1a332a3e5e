/**
 * The node's promises: one per epoch, to one candidate, durable before anybody hears of it. From the moment a promise
 * is being made nothing of a lower epoch is taken, and the answer describes a log that will not change under it.
 */
import { Turns } from '@replog/contracts/turns.js';
import type { VoteAnswer, VoteRequest } from '@replog/contracts/http.js';
import { refusalOfVote } from '@replog/core/election/vote.js';
import type { LocalNode } from '../node/local-node.js';

export class VoteBook {
  /** Promises are made one after the other. */
  private readonly turns = new Turns();

  constructor(private readonly node: LocalNode) {}

  /** Answers a candidate. `granted` only after the promise is synced. */
  vote(request: VoteRequest): Promise<VoteAnswer> {
    return this.turns.run(() => this.answer(request));
  }

  /**
   * This node is the candidate. Another may ask twice, because an answer can be lost; a node that asks itself for an
   * epoch it holds to already has two candidacies under way, an operator's and its own: both would win the epoch.
   */
  voteForItself(request: VoteRequest): Promise<VoteAnswer> {
    return this.turns.run(() => {
      if (request.epoch === this.node.epoch) return Promise.resolve(this.refusal('VOTED_OTHER'));
      return this.answer(request);
    });
  }

  /** Holds to the epoch of a master that is in office already, before anything of it is acknowledged. */
  follow(epoch: number, master: string): Promise<void> {
    return this.turns.run(async () => {
      if (epoch <= (this.node.state.current.promised?.epoch ?? 0)) return;
      if (this.node.holdsTerm) {
        this.node.heardEpoch(epoch, master);
        throw new Error(`this node holds office itself: it steps down for epoch ${epoch} first`);
      }
      await this.hold(epoch, master);
    });
  }

  private async answer(request: VoteRequest): Promise<VoteAnswer> {
    const { node } = this;
    const reason = refusalOfVote(
      {
        clusterId: node.clusterId,
        promised: node.state.current.promised,
        logEpoch: node.store.last.epoch,
        holdsTerm: node.holdsTerm,
        isDamaged: node.isDamaged,
      },
      request,
    );
    if (reason !== null) return this.refusal(reason);
    await this.hold(request.epoch, request.candidate);
    // Records taken before the promise may still be on their way to the disk, and their acknowledgement on its way
    // to the old master: the candidate has to see them.
    await node.store.whenDurable(node.store.last.index);
    return { granted: true, reason: null, votedEpoch: request.epoch, status: node.status };
  }

  private refusal(reason: VoteAnswer['reason']): VoteAnswer {
    const { node } = this;
    return { granted: false, reason, votedEpoch: node.epoch, status: node.status };
  }

  private async hold(epoch: number, to: string): Promise<void> {
    this.node.raiseEpoch(epoch);
    await this.node.state.save({ promised: { epoch, to } });
  }
}
