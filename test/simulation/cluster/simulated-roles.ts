/** The roles without HTTP: terms as production composes them, and their entry for the simulated network. */
import type {
  ClaimRequest,
  LeaveRequest,
  NodeStatus,
  RegisterAnswer,
  RegisterRequest,
  TakeOverRequest,
} from '@replog/contracts/http.js';
import type { ReplogError } from '@replog/contracts/errors.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import { noTermHere } from '@replog/cluster/node/not-master.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import type { MasterAppend } from '@replog/cluster/orphans/master-append.port.js';
import { answerClaim } from '@replog/cluster/peers/answer-claim.js';
import { takeOver } from '@replog/cluster/peers/take-over.js';
import { PeerService } from '@replog/cluster/peers/peer.service.js';
import { MessageReader } from '@replog/cluster/reads/message-reader.js';
import type { DamageReporter } from '@replog/log-store/damage-reporter.port.js';
import { handOver } from '@replog/master/transfer/hand-over.js';
import { refuseRegistration } from '@replog/master/registry/registry.service.js';
import type { MasterTerm, TermStart } from '@replog/master/term/master-term.js';
import { InflightBodies } from '@replog/http/requests/inflight-bodies.js';
import type { RunningMasterTerm, RunningSecondaryTerm, Terms } from '@replog/node/role/terms.port.js';
import type { Follower } from '@replog/secondary/messages/follower.js';
import { Registration } from '@replog/secondary/registration/registration.js';
import type { SecondaryTerm } from '@replog/secondary/term/secondary-term.js';
import type { Process } from '../engine/process.js';
import type { Build } from './build.js';
import type { Door, MasterDoor } from './directory.js';
import type { OrphansDoor } from './orphans-door.js';
import { orphansDoor } from './simulated-orphans.js';

export interface RoleEvents {
  /** A term begins, as far as this node knows. */
  entersTerm(): void;
  /** The term is composed and has not begun. */
  composed(term: MasterTerm): void;
  /** The node is about to follow a master. */
  follows(term: SecondaryTerm): void;
  /** The first term has begun: from now on the node answers. */
  opened(door: Door): void;
}

const SCHEDULE_MS = 1_000;

export class SimulatedRoles implements Terms, Door {
  readonly node: LocalNode;
  readonly damage: DamageReporter;
  readonly peer: PeerService;
  readonly reader: MessageReader;
  readonly orphans: OrphansDoor;
  closing: ReplogError | null = null;
  private readonly registration: Registration;
  private readonly bodies: InflightBodies;
  private masterTerm: MasterTerm | null = null;
  private secondaryTerm: SecondaryTerm | null = null;
  private isOpened = false;

  constructor(
    private readonly process: Process,
    private readonly parts: NodeParts,
    private readonly build: Build,
    private readonly events: RoleEvents,
    masterAppend: MasterAppend,
  ) {
    const { node, votes, identity, clock, log, damage, config } = parts;
    this.node = node;
    this.damage = damage;
    this.peer = new PeerService(node, votes, clock, identity);
    this.reader = new MessageReader(log, node, clock, damage);
    this.orphans = orphansDoor(parts, masterAppend);
    this.bodies = new InflightBodies(config);
    this.registration = new Registration(parts);
    this.registration.start();
    this.tick();
  }

  get master(): MasterDoor | null {
    const { masterTerm: term, bodies } = this;
    return term === null || this.node.term !== term ? null : { term, bodies, config: this.parts.config };
  }

  get follower(): Follower | null {
    return this.secondaryTerm?.follower ?? null;
  }

  async masterForWrite(): Promise<MasterDoor> {
    if (this.node.change.over !== null) await this.node.change.over;
    const { master } = this;
    if (master === null) throw noTermHere(this.node);
    return master;
  }

  async register(request: RegisterRequest, url: string): Promise<RegisterAnswer> {
    const { master } = this;
    if (master === null) throw refuseRegistration(this.node, this.parts.identity, request, url);
    return master.term.registry.registrar.register(request, url);
  }

  async leave(request: LeaveRequest): Promise<void> {
    const { master } = this;
    if (master === null) throw noTermHere(this.node);
    return master.term.registry.removal.leave(request);
  }

  claim(request: ClaimRequest, url: string): Promise<void> {
    return answerClaim(this.parts, request, url);
  }

  takeOver(request: TakeOverRequest): Promise<NodeStatus> {
    return takeOver(this.parts, request);
  }

  /** As SIGTERM begins. */
  handOver(): Promise<void> {
    return handOver(this.master?.term ?? null, this.parts);
  }

  beginMaster(start: TermStart): RunningMasterTerm {
    this.events.entersTerm();
    const term = this.build.composeMasterTerm(this.parts, start);
    this.events.composed(term);
    this.masterTerm = term;
    term.begin();
    this.open();
    return { end: (because) => term.end(because) };
  }

  beginSecondary(): RunningSecondaryTerm {
    const term = this.build.composeSecondaryTerm(this.parts);
    this.events.follows(term);
    this.secondaryTerm = term;
    this.open();
    return {
      hangUp: (reason) => term.hangUp(reason),
      end: () => {
        if (this.secondaryTerm === term) this.secondaryTerm = null;
        return term.end();
      },
    };
  }

  /** Asks the master to take this node out, before it stops. */
  depart(): Promise<void> {
    return this.registration.depart();
  }

  /** Nothing touches the log afterwards. */
  stop(): Promise<void> {
    return this.registration.stop();
  }

  private open(): void {
    if (this.isOpened) return;
    this.isOpened = true;
    this.events.opened(this);
  }

  /** What Nest's scheduler does for the pings. */
  private tick(): void {
    this.master?.term.health.rounds.tick();
    this.process.after(SCHEDULE_MS, () => this.tick());
  }
}
