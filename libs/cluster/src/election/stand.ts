/**
 * A candidacy from the own promise to the first record of the epoch. Whoever wins has the most advanced log of a
 * majority, durably, before it writes anything of its own.
 */
import { encodeRecords } from '@replog/contracts/encode-records.js';
import { encodePayload } from '@replog/contracts/payloads.js';
import { RecordKind } from '@replog/contracts/record.js';
import type { Member, Membership } from '@replog/contracts/payloads.js';
import type { RecordDraft } from '@replog/contracts/record.js';
import { Campaign, isMoreAdvanced } from '@replog/core/election/campaign.js';
import { isSame } from '@replog/core/membership/membership.js';
import type { CampaignDecision } from '@replog/core/election/campaign.js';
import type { StandParts } from './stand-parts.js';
import { takeOverLog } from './take-over-log.js';

/** An office that is won and not entered yet. */
export interface WonOffice {
  readonly epoch: number;
  /** Index of the durable record with which it begins. */
  readonly epochStartIndex: number;
}

export interface StandTerms {
  /** Takes office with whoever promises, majority or not. */
  readonly force: boolean;
  /** A master has handed over to this node, which has its last record: nobody may have more, or it was in vain. */
  readonly hasTransfer: boolean;
}

const USUAL_TERMS: StandTerms = { force: false, hasTransfer: false };

export type StandResult =
  | { readonly kind: 'won'; readonly won: WonOffice }
  /** `isContested`: another candidate stood for the same epoch. */
  | { readonly kind: 'lost'; readonly reason: string; readonly isContested?: boolean };

const VOTE_TIMEOUT_MS = 5_000;
/** What a member that is silent may still take once a majority has promised: it may have the most advanced log. */
const STRAGGLERS_MS = 300;

export class Stand {
  private readonly campaign: Campaign;

  private constructor(
    private readonly parts: StandParts,
    private readonly epoch: number,
    own: { readonly index: number; readonly epoch: number; readonly chain: number },
  ) {
    const { nodeId, incarnation, url } = parts.node;
    this.campaign = new Campaign(epoch, { nodeId, incarnation, url, last: own });
  }

  /** Stands for `epoch`. */
  static async for(parts: StandParts, epoch: number, terms = USUAL_TERMS): Promise<StandResult> {
    const { clusterId, nodeId } = parts.node;
    if (clusterId === null) return { kind: 'lost', reason: 'this node has joined no cluster yet' };
    const own = await parts.votes.voteForItself({ clusterId, epoch, candidate: nodeId });
    if (!own.granted)
      return { kind: 'lost', reason: `this node does not promise epoch ${epoch} to itself (${own.reason})` };
    return new Stand(parts, epoch, own.status.last).run(clusterId, terms);
  }

  private async run(clusterId: string, terms: StandTerms): Promise<StandResult> {
    const { node, logger } = this.parts;
    const { force } = terms;
    const decision = await this.gather(terms);
    const isForced = force && decision.kind === 'short';
    if (decision.kind === 'short' && !force) {
      const { votes, members, reasons } = decision;
      const reason = `epoch ${this.epoch} was not won: ${votes} of ${members} members voted (${reasons.join('; ')})`;
      return { kind: 'lost', reason, isContested: this.campaign.isContested };
    }
    const absent = isForced ? node.membership.members.filter((member) => !this.campaign.has(member.nodeId)) : [];
    const epochStartIndex = await this.writeFirstRecords(clusterId, absent);
    const how = isForced ? ` by force, without ${absent.map((member) => member.nodeId).join(', ')}` : '';
    logger[isForced ? 'warn' : 'info'](
      { epoch: this.epoch, index: epochStartIndex },
      `took office in epoch ${this.epoch}${how}`,
    );
    return { kind: 'won', won: { epoch: this.epoch, epochStartIndex } };
  }

  /**
   * Collects promises and fetches until this log is the most advanced among them. What is fetched may change who the
   * members are: then a majority of those has to promise, too.
   */
  private async gather({ force, hasTransfer }: StandTerms): Promise<CampaignDecision> {
    const { node } = this.parts;
    for (;;) {
      await this.collect(force);
      const decision = this.campaign.decide(node.membership);
      const best = decision.kind === 'won' ? decision.mostAdvanced : force ? this.campaign.best(node.membership) : null;
      if (best === null || !isMoreAdvanced(best.last, node.store.last)) return decision;
      if (hasTransfer) {
        const what = `${best.nodeId} has records of epoch ${best.last.epoch}, of a master that took office after the transfer`;
        throw new Error(`${what}. Promote again`);
      }
      await takeOverLog(this.parts, best, this.epoch);
    }
  }

  /**
   * Asks whoever has not promised yet. A majority does not wait long for who is silent: a candidacy that lasts gives
   * every other candidate the time to come with a higher epoch, and so for ever.
   */
  private async collect(force: boolean): Promise<void> {
    const { node, clock } = this.parts;
    const due = node.membership.members.filter((member) => !this.campaign.has(member.nodeId));
    const heard = new AbortController();
    const hasWon = (): boolean => !force && this.campaign.decide(node.membership).kind === 'won';
    const won = new Promise<void>((resolve) => {
      const look = (): void => (hasWon() ? resolve() : undefined);
      look();
      void Promise.all(due.map((member) => this.ask(member).then(look))).then(() => {
        heard.abort();
        resolve();
      });
    });
    await won;
    await clock.sleep(STRAGGLERS_MS, heard.signal);
  }

  private async ask(member: Member): Promise<void> {
    const { node, transport } = this.parts;
    const url = node.addressOf(member.nodeId) ?? member.url;
    const request = { clusterId: node.clusterId as string, epoch: this.epoch, candidate: node.nodeId };
    try {
      const answer = await transport.vote(url, request, { timeoutMs: VOTE_TIMEOUT_MS });
      this.campaign.answered({ ...member, url }, answer);
    } catch (error) {
      this.campaign.failed(member, error instanceof Error ? error.message : String(error));
    }
  }

  /** With members absent, who is left forms the membership: what they cannot hold must not be needed to commit. */
  private async writeFirstRecords(clusterId: string, absent: readonly Member[]): Promise<number> {
    const { node, clock } = this.parts;
    const base = { epoch: this.epoch, timestampMs: clock.wallMs(), key: null };
    const forcedWithout = absent.map((member) => member.nodeId);
    const start = { clusterId, master: node.nodeId, ...(absent.length === 0 ? {} : { forcedWithout }) };
    const drafts: RecordDraft[] = [{ ...base, kind: RecordKind.EpochStart, payload: encodePayload(start) }];
    const present = presentOf(node.membership, absent);
    if (absent.length > 0) drafts.push({ ...base, kind: RecordKind.Membership, payload: encodePayload(present) });
    const bytes = drafts.reduce((sum, draft) => sum + draft.payload.length + 64, 0);
    while (!node.store.hasRoom(bytes)) await node.store.makeRoom(bytes);
    if (node.epoch > this.epoch) throw new Error(`epoch ${node.epoch} was promised to another candidate meanwhile`);
    const first = node.store.last.index + 1;
    const encoded = encodeRecords(drafts, node.store.last);
    node.store.append(encoded.bytes);
    await node.store.whenDurable(encoded.last.index);
    if (absent.length > 0) node.membershipWritten(present, encoded.last.index);
    return first;
  }
}

function presentOf(membership: Membership, absent: readonly Member[]): Membership {
  return {
    ...membership,
    members: membership.members.filter((member) => !absent.some((gone) => isSame(gone, member))),
  };
}
