/** How a master answers a registration: every reason to refuse it, then the acceptance. */
import type { Logger } from 'pino';
import { ReplogError } from '@replog/contracts/errors.js';
import type { NodeStatus, RegisterAnswer, RegisterRequest } from '@replog/contracts/http.js';
import { standingOf } from '@replog/core/membership/membership.js';
import { wayOut } from '@replog/core/quorum/way-out.js';
import { noTermHere } from '@replog/cluster/node/not-master.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import { refuseForeign } from '@replog/core/membership/refuse-foreign.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { refuseHigherEpoch } from './refuse-higher-epoch.js';
import type { Known, Secondaries } from './secondaries.js';

interface RegistrarPorts {
  readonly node: LocalNode;
  readonly config: NodeConfig;
  readonly transport: Transport;
  readonly logger: Logger;
}

export class Registrar {
  private readonly node: LocalNode;

  constructor(
    private readonly ports: RegistrarPorts,
    private readonly secondaries: Pick<Secondaries, 'find' | 'entries' | 'know' | 'hasQuorum' | 'check' | 'knownOf'>,
  ) {
    this.node = ports.node;
  }

  /** `url`: the advertised address of the node, or the one it called from. */
  async register(request: RegisterRequest, url: string): Promise<RegisterAnswer> {
    refuseForeign(this.node, request.clusterId, request.nodeId);
    this.refuseOwnId(request);
    this.refuseRemoved(request);
    this.refuseTooMany(request);
    const known = this.secondaries.knownOf(request);
    const status = await this.requireAnswer(request, url);
    await this.refuseTaken(request, url, status);
    // A term that has ended meanwhile, perhaps with its whole cluster, lets nobody in.
    if (!this.node.holdsTerm) throw noTermHere(this.node);
    this.refuseRestored(request, status, known);
    // Checked again: others may have registered meanwhile.
    this.refuseTooMany(request);
    await refuseHigherEpoch(this.ports, request, url, status);
    this.node.seen.note(status);
    await this.secondaries.know({ nodeId: request.nodeId, incarnation: request.incarnation, url });
    const isMember = standingOf(this.node.membership, request) === 'member';
    this.ports.logger.info(
      { secondary: request.nodeId, url, lastIndex: request.lastIndex },
      `${request.nodeId} registered at ${url}`,
    );
    if (!isMember && !this.secondaries.hasQuorum) this.warnOfLostMajority(request.nodeId);
    return {
      clusterId: this.node.clusterId as string,
      epoch: this.node.epoch,
      master: { nodeId: this.node.nodeId, url: this.node.url as string },
      url,
      state: isMember ? 'MEMBER' : 'JOINING',
    };
  }

  private warnOfLostMajority(nodeId: string): void {
    this.ports.logger.warn(
      { secondary: nodeId },
      `${nodeId} cannot become a member: no majority of the members is reachable. ${wayOut(this.node.nodeId)}`,
    );
  }

  /** It would replace this master in the membership. */
  private refuseOwnId({ nodeId }: RegisterRequest): void {
    if (nodeId !== this.node.nodeId) return;
    throw new ReplogError(
      'NODE_ID_TAKEN',
      `${nodeId} is the node id of this master at ${this.node.url}. Give the node another NODE_ID, or point it at another master.`,
    );
  }

  /** A removal that is not committed may never be: the node would give itself up for nothing. */
  private refuseRemoved(request: RegisterRequest): void {
    if (standingOf(this.node.membership, request) !== 'removed') return;
    if (this.node.committed < this.node.membershipIndex) {
      throw new ReplogError('CHANGE_IN_PROGRESS', `The removal of ${request.nodeId} is not committed yet.`, {
        retryAfterS: 1,
      });
    }
    throw new ReplogError(
      'NODE_REMOVED',
      `${request.nodeId} was removed from this cluster. Start it again, and it joins again as a new one.`,
    );
  }

  private refuseTooMany({ nodeId }: RegisterRequest): void {
    if (
      this.secondaries.find(nodeId) !== undefined ||
      this.secondaries.entries.length < this.ports.config.maxSecondaries
    )
      return;
    throw new ReplogError(
      'TOO_MANY_SECONDARIES',
      `This cluster has ${this.ports.config.maxSecondaries} secondaries, as many as MAX_SECONDARIES allows. ` +
        'Remove one with DELETE /secondaries/{nodeId}, or raise the limit.',
    );
  }

  private async requireAnswer(request: RegisterRequest, url: string): Promise<NodeStatus> {
    const status = await this.ask(url);
    if (status !== null && status.nodeId === request.nodeId && status.incarnation === request.incarnation)
      return status;
    const found = status === null ? 'nothing answers there' : `${status.nodeId} (${status.incarnation}) answers there`;
    throw new ReplogError(
      'ADDRESS_UNREACHABLE',
      `${request.nodeId} registered with the address ${url}, but ${found}. ` +
        'Set ADVERTISED_URL to the address under which the master reaches this node.',
    );
  }

  /**
   * The known node may be gone, or be the same process at another address. It is another one if it answers under its
   * address, with another incarnation, or with the same one of a copied directory and another boot id.
   */
  private async refuseTaken(request: RegisterRequest, url: string, { bootId }: NodeStatus): Promise<void> {
    const known = this.secondaries.find(request.nodeId);
    if (known === undefined || known.peer.url === url) return;
    const status = await this.ask(known.peer.url);
    if (status?.nodeId !== known.nodeId || status.incarnation !== known.incarnation) return;
    const isCopy = status.incarnation === request.incarnation;
    if (isCopy && status.bootId === bootId) return;
    const way = isCopy
      ? 'This one was started from a copy of its data directory. Stop it, or give it an empty directory and another NODE_ID.'
      : 'Give this one another NODE_ID.';
    throw new ReplogError(
      'NODE_ID_TAKEN',
      `${request.nodeId} is already in use by the living node at ${known.peer.url}. ${way}`,
    );
  }

  /** It has forgotten what it acknowledged, and maybe a vote. */
  private refuseRestored({ nodeId, incarnation }: RegisterRequest, status: NodeStatus, known: Known): void {
    const entry = this.secondaries.find(nodeId);
    if (entry?.incarnation !== incarnation) return;
    const why = this.secondaries.check(entry, { ...status, lastIndex: status.last.index }, known);
    if (why !== null) throw new ReplogError('NODE_RESTORED', `${why}. It registers again as a new incarnation.`);
  }

  private async ask(url: string): Promise<NodeStatus | null> {
    try {
      return await this.ports.transport.status(url, { timeoutMs: this.ports.config.healthcheckTimeoutMs });
    } catch {
      return null;
    }
  }
}
