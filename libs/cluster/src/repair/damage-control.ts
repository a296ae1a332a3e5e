/**
 * What a node does about a damaged record. A secondary takes the segment out of use, becomes another incarnation,
 * which counts for nothing until it has caught up, and lets the master send everything again. A master says so, refuses
 * office and touches nothing, until it hears of another master: then it is a secondary like any other. Nobody deletes
 * anything.
 */
import type { Logger } from 'pino';
import { ReplogError } from '@replog/contracts/errors.js';
import type { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import type { LogDamage } from '@replog/log-store/segment/open-segment-log.js';
import type { DamageReporter, FoundBy } from '@replog/log-store/damage-reporter.port.js';
import type { StandParts } from '../election/stand-parts.js';

export interface DamageActions {
  /** End the link to the master, when this node is a secondary. */
  hangUp(reason: string): Promise<void>;
  /** Hand the role over to nobody: this log cannot be vouched for. */
  giveUpOffice(): void;
}

export class DamageControl implements DamageReporter {
  private current: LogDamage | null;
  private repairing: Promise<void> | null = null;
  private readonly finding = new AbortController();
  private readonly logger: Logger;

  constructor(
    private readonly parts: Omit<StandParts, 'damage'>,
    damage: LogDamage | null,
    private readonly actions: DamageActions,
  ) {
    this.current = damage;
    parts.node.damage = damage;
    this.logger = parts.logger;
    parts.node.onMasterHeard(({ nodeId }) => this.heardOf(nodeId));
  }

  get forbidsOffice(): boolean {
    return this.current !== null;
  }

  /** Ends the search for office: from here on this log cannot be vouched for. */
  get found(): AbortSignal {
    return this.finding.signal;
  }

  get sentence(): string {
    if (this.current === null) return 'the log is not known to be damaged';
    const { segment, index, offset, fault } = this.current;
    return `segment ${segment} is damaged: record ${index} at byte ${offset} (${fault}). This node takes no office with it; the file is left as it is`;
  }

  /** Why this node cannot be promoted, and what would help. */
  refusal(): ReplogError {
    const { segment, index } = this.current ?? { segment: null, index: null };
    const sentence =
      `${this.parts.node.nodeId} cannot become master: ${this.sentence}. Promote another member, from which this one ` +
      'is mended then; where there is none, put the segment back from a copy.';
    return new ReplogError('LOG_DAMAGED', sentence, { extra: { segment, index } });
  }

  /** Damage that was found on opening. A node that starts as master touches nothing until it has a master to ask. */
  async atStart(): Promise<void> {
    if (this.current === null) return;
    this.say(this.current, 'on opening');
    if (this.parts.config.role === 'secondary') await this.mend(this.current);
  }

  report(error: CorruptRecordError, foundBy: FoundBy): void {
    if (this.current !== null) return;
    this.current = error;
    this.parts.node.damage = error;
    this.say(error, foundBy);
    this.remember(error);
    const { node } = this.parts;
    if (node.role === 'master') this.actions.giveUpOffice();
    else if (node.isCandidate) this.finding.abort();
    else this.startRepair(error);
  }

  private heardOf(master: string): void {
    const { node } = this.parts;
    const isFollower = node.role === 'secondary' && !node.isCandidate && master !== node.nodeId;
    if (this.current !== null && isFollower && this.repairing === null) this.startRepair(this.current);
  }

  private startRepair(damage: LogDamage): void {
    void this.mend(damage).catch((error: unknown) =>
      this.logger.error({ err: error }, 'the damaged segment could not be taken out of use'),
    );
  }

  private mend(damage: LogDamage): Promise<void> {
    this.repairing ??= this.repair(damage).finally(() => (this.repairing = null));
    return this.repairing;
  }

  /** The new incarnation comes first: a short log must never speak for the one that was acknowledged. */
  private async repair({ index, segment }: LogDamage): Promise<void> {
    const { node, random } = this.parts;
    const { state, store } = node;
    await this.actions.hangUp('a damaged record is being repaired');
    await state.save({ incarnation: random.uuid(), damage: null });
    await store.quarantineFrom(index);
    await node.loadMembership();
    node.forgetMaster();
    this.current = null;
    node.damage = null;
    node.block('damage', null);
    this.logger.warn(
      { segment, index },
      `segment ${segment} is in quarantine; everything from record ${index} on comes from the master`,
    );
  }

  /** A sealed segment is not read when the log is opened: without this a restart would vouch for it again. */
  private remember({ segment, index, offset, fault }: LogDamage): void {
    const saved = this.parts.node.state.save({ damage: { segment, index, offset, fault } });
    void saved.catch((error: unknown) =>
      this.logger.error({ err: error }, 'the damage could not be written down: a restart would have to meet it again'),
    );
  }

  private say({ segment, index, offset, fault }: LogDamage, foundBy: FoundBy | 'on opening'): void {
    this.logger.error({ segment, index, offset, fault, foundBy }, this.sentence);
    this.parts.node.block('damage', this.sentence);
  }
}
