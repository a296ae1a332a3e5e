/**
 * Whether this node is the one that the others know, and whether another one is. At its start, and until it is sure,
 * the node asks the members what they have seen of it. A directory that came back older gets a new incarnation; one
 * that is in use by another process gets none, and its node neither votes nor campaigns.
 */
import type { Logger } from 'pino';
import { ReplogError } from '@replog/contracts/errors.js';
import type { NodeStatus } from '@replog/contracts/http.js';
import type { Random } from '@replog/contracts/ports.js';
import { Turns } from '@replog/contracts/turns.js';
import { judgeOwnIdentity } from '@replog/core/identity/identity.js';
import type { OwnIdentity } from '@replog/core/identity/identity.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { pollAddresses } from '../election/poll-members.js';
import type { LocalNode } from '../node/local-node.js';
import type { Transport } from '../peers/transport.port.js';

export interface IdentityPorts {
  readonly node: LocalNode;
  readonly transport: Transport;
  readonly config: Pick<NodeConfig, 'masterUrl' | 'healthcheckTimeoutMs'>;
  readonly random: Random;
  readonly logger: Logger;
}

export class IdentityService {
  private isSure: boolean;
  private asking: Promise<OwnIdentity> | null = null;
  /** Nodes whose address is being asked. */
  private readonly looking = new Set<string>();
  /** What this node has forgotten is often found twice at once. */
  private readonly renewals = new Turns();
  /** Nodes that said where they are, while their known address is asked. */
  private readonly claiming = new Set<string>();
  private lastSaid = '';

  constructor(private readonly ports: IdentityPorts) {
    // At its first start a directory has nothing to forget, and it is no copy: that one would count the start before.
    this.isSure = ports.node.start.starts === 1;
  }

  /** Why this node may neither vote nor campaign; `null` if it may. It has a new incarnation then if it needs one. */
  async obstacle(): Promise<ReplogError | null> {
    const { node } = this.ports;
    if (this.isSure || node.holdsTerm || node.clusterId === null) return null;
    this.asking ??= this.ask().finally(() => (this.asking = null));
    return this.refusalOf(await this.asking);
  }

  /**
   * Throws NOT_READY while no other member has answered: what this node forgot would not have been found. The one that
   * asks for its vote can answer.
   */
  requireSure(): void {
    const { node } = this.ports;
    if (this.isSure || node.holdsTerm || node.clusterId === null) return;
    throw new ReplogError(
      'NOT_READY',
      `${node.nodeId} has started and has not heard from another member yet: it does not vote before that.`,
      { retryAfterS: 1 },
    );
  }

  /**
   * Asks the members once, and by that tells them of this start: whoever is asked notes what it finds at the address of
   * this node. Call it when this node answers there.
   */
  async introduce(): Promise<void> {
    const { node, logger } = this.ports;
    if (node.clusterId === null) return;
    try {
      this.refusalOf(await this.ask());
    } catch (error) {
      logger.error({ err: error }, 'the identity of this node could not be checked; it is checked again before a vote');
    }
  }

  /** A node has called from the process `bootId`. Notes its start once it answers at its address. */
  noticed(nodeId: string, bootId: string | undefined): void {
    if (this.looking.has(nodeId)) return;
    this.looking.add(nodeId);
    void this.isAlreadyAlive(nodeId, bootId).finally(() => this.looking.delete(nodeId));
  }

  /**
   * A node says that it is `nodeId`, at `url`. Notes the address, unless a process answers as that node where it is known: a
   * copy of its directory must not take its place here.
   */
  addressClaimed(nodeId: string, url: string): void {
    const { node } = this.ports;
    if (node.addressOf(nodeId) === url || this.claiming.has(nodeId)) return;
    this.claiming.add(nodeId);
    void this.answersAsKnown(nodeId)
      .then((isThere) => isThere || node.noteAddress(nodeId, url))
      .finally(() => this.claiming.delete(nodeId));
  }

  /** The same as `obstacle`, from the answers to a poll. */
  async obstacleIn(answers: readonly NodeStatus[]): Promise<ReplogError | null> {
    return this.refusalOf(await this.conclude(answers));
  }

  /** Takes a new incarnation, unless it has one already. `incarnation`: the one that has less than it acknowledged. */
  renew(incarnation: string, why: string): Promise<void> {
    return this.renewals.run(() => this.renewOnce(incarnation, why));
  }

  /**
   * Does another living process have the identity of `nodeId`, which called from the process `bootId`? The answer is
   * looked for at the address where that node is known.
   */
  async isAlreadyAlive(nodeId: string, bootId: string | undefined): Promise<boolean> {
    const { node, transport, config } = this.ports;
    const seen = node.seen.of(nodeId);
    if (bootId === undefined || seen?.bootId === bootId) return false;
    const urls = [node.addressOf(nodeId), node.master?.nodeId === nodeId ? node.master.url : null];
    for (const url of new Set(urls)) {
      if (url === null) continue;
      const status = await transport.status(url, { timeoutMs: config.healthcheckTimeoutMs }).catch(() => null);
      if (status?.nodeId !== nodeId || status.bootId === undefined) continue;
      if (status.bootId !== bootId) return true;
      node.seen.note(status);
    }
    return false;
  }

  private async renewOnce(incarnation: string, why: string): Promise<void> {
    const { node, random, logger } = this.ports;
    if (node.incarnation !== incarnation || node.holdsTerm) return;
    await node.state.save({ incarnation: random.uuid() });
    node.forgetMaster();
    logger.error(
      { was: incarnation, incarnation: node.incarnation },
      `the data directory was restored from an older copy: ${why}. ` +
        'This node joins again under a new incarnation, and does not count until it has caught up',
    );
  }

  private async answersAsKnown(nodeId: string): Promise<boolean> {
    const { node, transport, config } = this.ports;
    const url = node.addressOf(nodeId);
    if (url === null) return false;
    const status = await transport.status(url, { timeoutMs: config.healthcheckTimeoutMs }).catch(() => null);
    return status?.nodeId === nodeId;
  }

  private async ask(): Promise<OwnIdentity> {
    return this.conclude(await pollAddresses(this.ports));
  }

  private async conclude(answers: readonly NodeStatus[]): Promise<OwnIdentity> {
    const { node } = this.ports;
    const { nodeId, epoch, incarnation } = node;
    const own = { ...node.start, nodeId, epoch, lastIndex: node.store.last.index };
    const ours = answers.filter(({ clusterId }) => clusterId === node.clusterId);
    const identity = judgeOwnIdentity(own, ours);
    if (identity.kind === 'restored') await this.renew(incarnation, `${identity.by} knows more of it, ${identity.why}`);
    const { members } = node.membership;
    const isHeard = ours.some((answer) => answer.nodeId !== nodeId) || !members.some((one) => one.nodeId !== nodeId);
    this.isSure = identity.kind !== 'taken' && (this.isSure || isHeard);
    return identity;
  }

  private refusalOf(identity: OwnIdentity): ReplogError | null {
    if (identity.kind !== 'taken') return null;
    const { nodeId } = this.ports.node;
    const refusal = new ReplogError(
      'NODE_ID_TAKEN',
      `Another living process is ${nodeId}, at ${identity.url}: this one was started from a copy of its data directory. ` +
        'It neither votes nor becomes master. Stop it, or give it an empty directory and another NODE_ID.',
    );
    if (this.lastSaid !== refusal.message) this.ports.logger.error({ url: identity.url }, refusal.message);
    this.lastSaid = refusal.message;
    return refusal;
  }
}
