/** The role in force. Begins and ends it as the role machine decides. */
import { ReplogError } from '@replog/contracts/errors.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import { notMaster } from '@replog/cluster/node/not-master.js';
import { transferringTerm } from '@replog/cluster/node/transferring-term.js';
import type { RoleEffect, TermEnd } from '@replog/core/role/role-effect.js';
import type { MasterSeen } from '@replog/core/role/role-event.js';
import type { RunningMasterTerm, RunningSecondaryTerm, TermStart, Terms } from './terms.port.js';

type EffectOf<Kind extends RoleEffect['kind']> = Extract<RoleEffect, { kind: Kind }>;

export class RoleInForce {
  private master: RunningMasterTerm | null = null;
  private secondary: RunningSecondaryTerm | null = null;

  constructor(
    private readonly parts: NodeParts,
    private readonly terms: Terms,
  ) {}

  beginTerm(start: TermStart): void {
    const { node, clock, logger } = this.parts;
    const { epoch } = start;
    node.url ??= node.addressOf(node.nodeId);
    node.heardMaster({ nodeId: node.nodeId, url: node.url as string, epoch }, clock.nowMs());
    this.master = this.terms.beginMaster(start);
    logger.info({ epoch, port: node.port }, `master in epoch ${epoch} on port ${node.port}`);
  }

  async endTerm({ epoch, because }: EffectOf<'endTerm'>): Promise<void> {
    const { master } = this;
    this.master = null;
    const reason = reasonOf(because);
    if (reason !== null) this.parts.logger.warn({ epoch }, `stepping down: ${reason}`);
    await master?.end(refusalAfter(because, reason));
  }

  beginSecondary(): void {
    const { node, logger } = this.parts;
    node.hearing.begin();
    this.secondary = this.terms.beginSecondary();
    logger.info({ port: node.port }, `secondary on port ${node.port}`);
  }

  async endSecondary(): Promise<void> {
    const { secondary } = this;
    this.secondary = null;
    await secondary?.end();
  }

  async hangUp(reason: string): Promise<void> {
    await this.secondary?.hangUp(reason);
  }

  /** The configured master address of this node may belong to the master it found, so it registers like any secondary. */
  follow(master: MasterSeen): void {
    const { node, config, logger } = this.parts;
    node.url = config.advertisedUrl;
    node.follow(master);
    logger.info({ master }, `${master.nodeId} is a living master: this node becomes its secondary`);
  }

  /** The successor may have contacted this node already. */
  forgetOwnTerm(): void {
    const { node } = this.parts;
    if (node.master?.nodeId === node.nodeId) node.forgetMaster();
  }
}

/** `null` if the whole node stops. */
function reasonOf(because: TermEnd): string | null {
  switch (because.kind) {
    case 'deposed':
      return `${because.from} is in the higher epoch ${because.epoch}`;
    case 'transferred':
      return `the term was transferred to ${because.to}`;
    case 'damaged':
      return 'a record of its log is damaged';
    case 'forced':
      return 'an operator promotes this node by force, so it begins a new epoch';
    case 'claimed':
      return `${because.by} of cluster ${because.clusterId} lists this node as a member`;
    case 'unheard':
      return `it has heard no majority of the members for ${(because.silentMs / 1_000).toFixed(1)} s`;
    case 'stalled':
      return 'its disk does not answer';
    case 'stopped':
      return null;
  }
}

/** The refusal for writes after the end of the term. */
function refusalAfter(because: TermEnd, reason: string | null): ReplogError {
  if (because.kind === 'transferred') return transferringTerm(because.to);
  if (reason === null) {
    return new ReplogError('SHUTTING_DOWN', 'This node is shutting down. Repeat the request shortly.', {
      retryAfterS: 1,
    });
  }
  const { message, details, code } = notMaster(null);
  return new ReplogError(code, `${message} (It was the master: ${reason}.)`, details);
}
