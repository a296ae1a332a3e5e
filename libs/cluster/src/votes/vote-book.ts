/**
 * The votes of the node: one per epoch, for one candidate, durable before the answer. While a vote is being saved, the
 * node already refuses every lower epoch, and the log in the answer does not change.
 */
import { Turns } from '@replog/contracts/turns.js';
import type { VoteAnswer, VoteRequest } from '@replog/contracts/http.js';
import type { Clock } from '@replog/contracts/ports.js';
import { isPaused } from '@replog/core/election/failover.js';
import { refusalOfVote } from '@replog/core/election/vote.js';
import { memberOf } from '@replog/core/membership/membership.js';
import type { LocalNode } from '../node/local-node.js';

export class VoteBook {
  /** Votes are given one after the other. */
  private readonly turns = new Turns();

  constructor(
    private readonly node: LocalNode,
    private readonly clock: Pick<Clock, 'wallMs'>,
  ) {}

  /**
   * Answers a candidate. `granted` only after the vote is synced. While the disk is stalled it answers at once: behind a vote
   * that is being saved the candidate would wait as long as the disk does.
   */
  vote(request: VoteRequest): Promise<VoteAnswer> {
    const reason = this.node.isStalled ? this.reasonAgainst(request) : null;
    if (reason !== null) return Promise.resolve(this.refuse(reason));
    return this.turns.run(() => this.answer(request));
  }

  /**
   * This node votes for itself. Another candidate may ask twice, because an answer can be lost. A second own vote in
   * one epoch means that two campaigns of this node run at once, an operator's and its own: both would win the epoch.
   */
  voteForItself(request: VoteRequest): Promise<VoteAnswer> {
    return this.turns.run(() => {
      if (request.epoch === this.node.epoch) return Promise.resolve(this.refuse('VOTED_OTHER'));
      return this.answer(request);
    });
  }

  /** Follows the epoch of a master that another node elected, before anything of it is acknowledged. */
  follow(epoch: number, master: string): Promise<void> {
    return this.turns.run(async () => {
      if (epoch <= (this.node.state.current.promised?.epoch ?? 0)) return;
      if (this.node.holdsTerm) {
        this.node.heardEpoch(epoch, { nodeId: master, incarnation: null }, { isMaster: true });
        throw new Error(`this node holds a term itself: it must step down for epoch ${epoch} first`);
      }
      await this.hold(epoch, master);
    });
  }

  /**
   * Forgets the votes given up to `epoch`, which no member of the cluster knows, under a new incarnation: no membership
   * counts that one. Answers false if there is a newer vote or a record of a higher epoch than that of the master.
   */
  forget(epoch: number, masterEpoch: number, incarnation: string): Promise<boolean> {
    return this.turns.run(async () => {
      const { node } = this;
      if (node.holdsTerm || node.epoch !== epoch || node.store.last.epoch > masterEpoch) return false;
      await node.state.save({ incarnation, promised: null });
      node.forgetVotes();
      return true;
    });
  }

  private async answer(request: VoteRequest): Promise<VoteAnswer> {
    const { node } = this;
    const reason = this.reasonAgainst(request);
    if (reason !== null) return this.refuse(reason);
    await this.hold(request.epoch, request.candidate);
    // The candidate gets time to win.
    node.hearing.begin();
    // Records taken before the vote may still be on their way to the disk, and their acknowledgements on their way to
    // the old master: the answer must include them.
    await node.store.whenDurable(node.store.last.index);
    return { granted: true, reason: null, votedEpoch: request.epoch, status: node.status };
  }

  private reasonAgainst(request: VoteRequest): VoteAnswer['reason'] {
    const { node } = this;
    return refusalOfVote(
      {
        clusterId: node.clusterId,
        vote: node.state.current.promised,
        logEpoch: node.store.last.epoch,
        logIndex: node.store.last.index,
        isListed: memberOf(node.membership, request.candidate) !== undefined,
        holdsTerm: node.holdsTerm,
        isDamaged: node.isDamaged,
        isStalled: node.isStalled,
        hears: node.hears,
        isPaused: isPaused(node.membership, this.clock.wallMs()),
      },
      request,
    );
  }

  refuse(reason: VoteAnswer['reason']): VoteAnswer {
    const { node } = this;
    return { granted: false, reason, votedEpoch: node.epoch, status: node.status };
  }

  private async hold(epoch: number, to: string): Promise<void> {
    this.node.raiseEpoch(epoch);
    await this.node.state.save({ promised: { epoch, to } });
  }
}
