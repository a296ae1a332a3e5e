/**
 * The one way into office: look first, collect promises, have the most advanced log of a majority, write the first
 * record of the epoch. Tries until there is a living master to follow or this node is one.
 */
import { RecordKind, encodePayload, encodeRecords } from '@replog/contracts';
import type { Member, NodeStatus } from '@replog/contracts';
import { Candidacy, backoffMs, decideAfterLook, isMoreAdvanced } from '@replog/core';
import type { CandidacyDecision } from '@replog/core';
import type { KnownMaster, NodeParts } from '@replog/platform';
import { takeOverLog } from './take-over-log.js';

export type SeekResult =
  | { readonly kind: 'office'; readonly epochStartIndex: number }
  | { readonly kind: 'follow'; readonly master: KnownMaster }
  | { readonly kind: 'stopped' };

const BACKOFF = { firstMs: 150, maxMs: 3_000 };
const PROMISE_TIMEOUT_MS = 5_000;

export class OfficeSeeker {
  private lastSaid = '';

  constructor(private readonly parts: NodeParts) {}

  async seek(signal: AbortSignal): Promise<SeekResult> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      const result = await this.tryOnce().catch((error: unknown) => {
        this.say(`office was not taken: ${error instanceof Error ? error.message : String(error)}`);
        return null;
      });
      if (result !== null) return result;
      await this.parts.clock.sleep(backoffMs(attempt, BACKOFF, this.parts.random.next()), signal);
    }
    return { kind: 'stopped' };
  }

  private async tryOnce(): Promise<SeekResult | null> {
    const { node } = this.parts;
    const decision = decideAfterLook(node, await this.look());
    switch (decision.kind) {
      case 'follow':
        return { kind: 'follow', master: decision.master };
      case 'wait':
        this.say(`waiting for office: ${decision.reason}`);
        return null;
      case 'stand':
        return this.stand(decision.epoch);
    }
  }

  /**
   * Asks everybody this node knows of how they stand; who does not answer is not seen. Its own address is no reason
   * to pass one over: MASTER_HOST names the living master as well as whoever is started to be the next.
   */
  private async look(): Promise<NodeStatus[]> {
    const { node, transport, config } = this.parts;
    const members = node.membership.members.map((member) => node.addressOf(member.nodeId));
    const urls = [...new Set([...members, config.masterUrl])].filter((url) => url !== null);
    const seen = await Promise.all(
      urls.map((url) => transport.status(url, { timeoutMs: config.healthcheckTimeoutMs }).catch(() => null)),
    );
    return seen.filter((status) => status !== null);
  }

  private async stand(epoch: number): Promise<SeekResult | null> {
    const { node, promises, logger } = this.parts;
    const { clusterId, nodeId } = node;
    if (clusterId === null) return null;
    const own = await promises.promise({ clusterId, epoch, candidate: nodeId });
    if (!own.granted) return null;
    const self = { nodeId, incarnation: node.incarnation, url: node.url, last: own.status.last };
    const candidacy = new Candidacy(epoch, self);
    const decision = await this.gather(candidacy);
    if (decision.kind === 'short') {
      const { promises: count, members, reasons } = decision;
      this.say(`epoch ${epoch} was not won: ${count} of ${members} members promised (${reasons.join('; ')})`);
      return null;
    }
    const epochStartIndex = await this.writeFirstRecord(epoch);
    logger.info({ epoch, index: epochStartIndex }, `took office in epoch ${epoch}`);
    return { kind: 'office', epochStartIndex };
  }

  /**
   * Collects promises and fetches until this log is the most advanced among them. What is fetched may change who the
   * members are: then a majority of those has to promise, too.
   */
  private async gather(candidacy: Candidacy): Promise<CandidacyDecision> {
    const { node } = this.parts;
    for (;;) {
      await this.collect(candidacy);
      const decision = candidacy.decide(node.membership);
      if (decision.kind === 'short' || !isMoreAdvanced(decision.mostAdvanced.last, node.store.last)) return decision;
      await takeOverLog(this.parts, decision.mostAdvanced, candidacy.epoch);
    }
  }

  private async collect(candidacy: Candidacy): Promise<void> {
    const { node } = this.parts;
    const due = node.membership.members.filter((member) => !candidacy.has(member.nodeId));
    await Promise.all(due.map((member) => this.ask(candidacy, member)));
  }

  private async ask(candidacy: Candidacy, member: Member): Promise<void> {
    const { node, transport } = this.parts;
    const url = node.addressOf(member.nodeId) ?? member.url;
    const request = { clusterId: node.clusterId as string, epoch: candidacy.epoch, candidate: node.nodeId };
    try {
      candidacy.answered({ ...member, url }, await transport.promise(url, request, { timeoutMs: PROMISE_TIMEOUT_MS }));
    } catch (error) {
      candidacy.failed(member, error instanceof Error ? error.message : String(error));
    }
  }

  private async writeFirstRecord(epoch: number): Promise<number> {
    const { node, clock } = this.parts;
    const payload = encodePayload({ clusterId: node.clusterId as string, master: node.nodeId });
    const draft = { kind: RecordKind.EpochStart, epoch, timestampMs: clock.wallMs(), key: null, payload };
    while (!node.store.hasRoom(payload.length + 64)) await node.store.makeRoom(payload.length + 64);
    if (node.epoch > epoch) throw new Error(`epoch ${node.epoch} was promised to another candidate meanwhile`);
    const { bytes, last } = encodeRecords([draft], node.store.last);
    node.store.append(bytes);
    await node.store.whenDurable(last.index);
    return last.index;
  }

  /** Said when it changes: a candidate may wait for long. */
  private say(sentence: string): void {
    const isNews = sentence !== this.lastSaid;
    this.lastSaid = sentence;
    this.parts.node.block('office', sentence);
    this.parts.logger[isNews ? 'warn' : 'debug'](sentence);
  }
}
