/**
 * A campaign, from the node's vote for itself to the first record of the epoch. The winner has the most advanced log of
 * a majority, durable, before it writes a record of its own.
 */
import { encodeRecords } from '@replog/contracts/encode-records.js';
import { encodePayload } from '@replog/contracts/payloads.js';
import { RecordKind } from '@replog/contracts/record.js';
import type { ElectionCause } from '@replog/contracts/http.js';
import type { EpochStart, MasterCause, Member } from '@replog/contracts/payloads.js';
import type { RecordDraft } from '@replog/contracts/record.js';
import { Campaign, isMoreAdvanced } from '@replog/core/election/campaign.js';
import { withoutAbsent } from '@replog/core/membership/membership.js';
import type { LostMaster } from '@replog/core/role/role-state.js';
import type { CampaignDecision } from '@replog/core/election/campaign.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import type { NodeParts } from '../node/node-parts.js';
import { tellElection } from './tell-election.js';
import { takeOverLog } from './take-over-log.js';

/** A campaign that was won. Its term has not begun yet. */
export interface WonCampaign {
  readonly epoch: number;
  /** Index of the durable record with which the term begins. */
  readonly epochStartIndex: number;
}

export interface CampaignTerms {
  /** Wins with any number of votes. */
  readonly force: boolean;
  /**
   * A master has transferred its term to this node, which has its last record. If a voter has more records, the
   * campaign is lost.
   */
  readonly hasTransfer: boolean;
  readonly cause: ElectionCause;
  /** When this node first asked the members. */
  readonly beganMs: number;
  /** The master that was lost, where that is the cause. */
  readonly lost: LostMaster | null;
}

export type CampaignResult =
  | { readonly kind: 'won'; readonly won: WonCampaign }
  | {
      readonly kind: 'lost';
      readonly reason: string;
      /** A member voted for another candidate in the same epoch. */
      readonly isContested: boolean;
      /** A member has a newer log, in which this node is no member. */
      readonly isOutrun: boolean;
    };

const VOTE_TIMEOUT_MS = 5_000;
/** How long to wait for silent members once a majority has voted: one of them may have the most advanced log. */
const STRAGGLERS_MS = 300;

export class CampaignRun {
  private readonly campaign: Campaign;

  private constructor(
    private readonly parts: NodeParts,
    private readonly epoch: number,
    own: { readonly index: number; readonly epoch: number; readonly chain: number },
    private readonly terms: CampaignTerms,
  ) {
    const { nodeId, incarnation, url } = parts.node;
    this.campaign = new Campaign(epoch, { nodeId, incarnation, url, last: own });
  }

  /** A failure on the way loses the campaign. */
  static async for(parts: NodeParts, epoch: number, terms: CampaignTerms): Promise<CampaignResult> {
    const result = await CampaignRun.begin(parts, epoch, terms).catch((error: unknown) =>
      lost(error instanceof Error ? error.message : String(error)),
    );
    parts.metrics.countElection(causeOf(terms), result.kind);
    return result;
  }

  private static async begin(parts: NodeParts, epoch: number, terms: CampaignTerms): Promise<CampaignResult> {
    const { clusterId, nodeId } = parts.node;
    if (clusterId === null) return lost('this node has joined no cluster yet');
    const own = await parts.votes.voteForItself({ clusterId, epoch, candidate: nodeId, by: terms.cause });
    if (!own.granted) return lost(`this node does not vote for itself in epoch ${epoch} (${own.reason})`);
    return new CampaignRun(parts, epoch, own.status.last, terms).run(clusterId);
  }

  private async run(clusterId: string): Promise<CampaignResult> {
    const { node } = this.parts;
    const { force } = this.terms;
    const decision = await this.gather();
    const isForced = force && decision.kind === 'short';
    const { outrunner } = this.campaign;
    // Not by force either: force goes on without members that are lost, and this one lives.
    if (decision.kind === 'short' && outrunner !== null)
      return lost(`${outrunner} has a newer log, in which this node is no member: promote ${outrunner}`, true);
    if (decision.kind === 'short' && !force) {
      const { votes, members, reasons } = decision;
      const reason = `epoch ${this.epoch} was not won: ${votes} of ${members} members voted (${reasons.join('; ')})`;
      return { kind: 'lost', reason, isContested: this.campaign.isContested, isOutrun: false };
    }
    const absent = isForced ? node.membership.members.filter((member) => !this.campaign.has(member.nodeId)) : [];
    const epochStartIndex = await this.writeFirstRecords(clusterId, absent);
    return { kind: 'won', won: { epoch: this.epoch, epochStartIndex } };
  }

  /**
   * Collects votes and fetches records until this log is the most advanced among the voters. Fetched records may change
   * the members: then a majority of the new members must vote, too.
   */
  private async gather(): Promise<CampaignDecision> {
    const { node } = this.parts;
    const { force, hasTransfer } = this.terms;
    for (;;) {
      await this.collect();
      const decision = this.campaign.decide(node.membership);
      const best = decision.kind === 'won' ? decision.mostAdvanced : force ? this.campaign.best(node.membership) : null;
      if (best === null || !isMoreAdvanced(best.last, node.store.last)) return decision;
      if (hasTransfer) {
        const what = `${best.nodeId} has records of epoch ${best.last.epoch}, of a master that was elected after the transfer`;
        throw new Error(`${what}. Promote again`);
      }
      await takeOverLog(this.parts, best, this.epoch);
    }
  }

  /**
   * Asks every member that has not voted yet. With a majority it waits only briefly for silent members: a long campaign
   * gives other candidates time to come with a higher epoch.
   */
  private async collect(): Promise<void> {
    const { node, clock } = this.parts;
    const { force } = this.terms;
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
    const { node, transport, config } = this.parts;
    const url = node.addressOf(member.nodeId) ?? member.url;
    const { cause: by } = this.terms;
    const { index, epoch } = node.store.last;
    const request = {
      ...{ clusterId: node.clusterId as string, epoch: this.epoch, candidate: node.nodeId, last: { index, epoch }, by },
      ...(config.advertisedUrl === null ? {} : { url: config.advertisedUrl }),
      port: node.port,
    };
    try {
      const answer = await transport.vote(url, request, { timeoutMs: VOTE_TIMEOUT_MS });
      if (node.seen.note(answer.status) === 'earlier') {
        this.campaign.failed(member, 'its data directory was restored or copied, so its vote does not count');
        return;
      }
      this.campaign.answered({ ...member, url }, answer);
    } catch (error) {
      this.campaign.failed(member, error instanceof Error ? error.message : String(error));
    }
  }

  /** If members are absent, the others form the membership: a commit must not need the absent ones. */
  private async writeFirstRecords(clusterId: string, absent: readonly Member[]): Promise<number> {
    const { node, clock } = this.parts;
    await this.loadTimestamp();
    const base = { epoch: this.epoch, timestampMs: node.times.at(clock.wallMs()), key: null };
    const start = this.startRecord(clusterId, absent);
    const drafts: RecordDraft[] = [{ ...base, kind: RecordKind.EpochStart, payload: encodePayload(start) }];
    const present = withoutAbsent(node.membership, absent);
    if (absent.length > 0) drafts.push({ ...base, kind: RecordKind.Membership, payload: encodePayload(present) });
    const bytes = drafts.reduce((sum, draft) => sum + draft.payload.length + 64, 0);
    while (!node.store.hasRoom(bytes)) await node.store.makeRoom(bytes);
    if (node.epoch > this.epoch) throw new Error(`epoch ${node.epoch} now belongs to another candidate`);
    const first = node.store.last.index + 1;
    const encoded = encodeRecords(drafts, node.store.last);
    node.store.append(encoded.bytes);
    await node.store.whenDurable(encoded.last.index);
    if (absent.length > 0) node.membershipWritten(present, encoded.last.index);
    tellElection(this.parts, { ...start, epoch: this.epoch, index: first, timestampMs: base.timestampMs });
    return first;
  }

  private startRecord(clusterId: string, absent: readonly Member[]): EpochStart {
    const { node, clock } = this.parts;
    const { beganMs, lost: lostMaster } = this.terms;
    return {
      ...{ clusterId, master: node.nodeId },
      ...(absent.length === 0 ? {} : { forcedWithout: absent.map((member) => member.nodeId) }),
      cause: causeOf(this.terms),
      ...this.campaign.result(node.membership),
      ...(lostMaster === null ? {} : { lost: { ...lostMaster, silentMs: Math.round(lostMaster.silentMs) } }),
      tookMs: Math.round(clock.nowMs() - beganMs),
    };
  }

  private async loadTimestamp(): Promise<void> {
    try {
      await this.parts.node.times.load();
    } catch (error) {
      if (error instanceof CorruptRecordError) this.parts.damage.report(error, 'by a campaign');
      throw error;
    }
  }
}

function causeOf({ force, hasTransfer, cause }: Pick<CampaignTerms, 'force' | 'hasTransfer' | 'cause'>): MasterCause {
  if (force) return 'force';
  return hasTransfer ? 'transfer' : cause;
}

function lost(reason: string, isOutrun = false): CampaignResult {
  return { kind: 'lost', reason, isContested: false, isOutrun };
}
