/**
 * The roles without HTTP: terms as production composes them, and the door through which the simulated network comes to
 * them. What takes Nest a moment takes a moment here, too, because much can happen in it.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import { PeerService } from '@replog/cluster/peers/peer.service.js';
import { MessageReader } from '@replog/cluster/reads/message-reader.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import type { MasterAppend } from '@replog/cluster/orphans/master-append.port.js';
import type {
  MasterInForce,
  PreparedMaster,
  PreparedSecondary,
  RoleFactory,
  SecondaryInForce,
} from '@replog/node/host/roles.js';
import { refuseRegistration } from '@replog/master/registry/registry.service.js';
import { composeMasterTerm } from '@replog/master/term/compose-master-term.js';
import type { MasterTerm } from '@replog/master/term/master-term.js';
import { InflightBodies } from '@replog/master/writes/inflight-bodies.js';
import { RegistrationService } from '@replog/secondary/registration/registration.service.js';
import { composeSecondaryTerm } from '@replog/secondary/term/compose-secondary-term.js';
import type { Process } from '../engine/process.js';
import type { Door } from './directory.js';
import { orphansDoor } from './simulated-orphans.js';

export interface RoleEvents {
  /** A term is entered, as far as this node knows by now. */
  entersOffice(parts: NodeParts): void;
  /** The term is composed and has not begun. */
  masterBuilt(term: MasterTerm): void;
  turnTo(door: Door): void;
}

/** Building a role takes up to this long. */
const BUILDING_MS = 4;

export class SimulatedRoles implements RoleFactory {
  constructor(
    private readonly process: Process,
    private readonly events: RoleEvents,
    private readonly masterAppend: MasterAppend,
  ) {}

  async prepareMaster(parts: NodeParts): Promise<PreparedMaster> {
    await this.takeTime(parts);
    return { enter: (epochStartIndex) => this.enterMaster(parts, epochStartIndex), discard: () => Promise.resolve() };
  }

  async prepareSecondary(parts: NodeParts): Promise<PreparedSecondary> {
    await this.takeTime(parts);
    return { enter: () => this.enterSecondary(parts), discard: () => Promise.resolve() };
  }

  private enterMaster(parts: NodeParts, epochStartIndex: number): MasterInForce {
    this.events.entersOffice(parts);
    const { config, node } = parts;
    const term = composeMasterTerm(parts, { epoch: node.epoch, epochStartIndex });
    this.events.masterBuilt(term);
    term.begin();
    const door: Door = {
      ...this.shared(parts),
      master: { term, bodies: new InflightBodies(config), config },
      follower: null,
      closing: null,
      register: (request, url) => term.registry.registrar.register(request, url),
    };
    this.events.turnTo(door);
    const { pings, chains } = term.health;
    const stopPings = this.every(config.healthcheckDelayMs, () => pings.pingAll().then(() => chains.compareNext()));
    return {
      leave: (because) => term.end(because),
      close: async () => {
        door.closing ??= shuttingDown();
        await term.end(shuttingDown());
        stopPings();
      },
    };
  }

  private enterSecondary(parts: NodeParts): SecondaryInForce {
    const { node, clock, random, config, logger, transport } = parts;
    const term = composeSecondaryTerm(parts);
    const registration = new RegistrationService(node, config, transport, clock, random, logger);
    const door: Door = {
      ...this.shared(parts),
      master: null,
      follower: term.follower,
      closing: null,
      register: (request, url) => Promise.reject(refuseRegistration(node, request, url)),
    };
    this.events.turnTo(door);
    registration.start();
    return {
      hangUp: (reason) => term.hangUp(reason),
      close: async () => {
        door.closing ??= shuttingDown();
        await Promise.all([term.end(), registration.beforeApplicationShutdown()]);
      },
    };
  }

  private shared(parts: NodeParts): Pick<Door, 'node' | 'peer' | 'reader' | 'damage' | 'orphans'> {
    const { node, votes, clock, log, damage } = parts;
    return {
      node,
      damage,
      peer: new PeerService(node, votes, clock),
      reader: new MessageReader(log, node, clock, damage),
      orphans: orphansDoor(parts, this.masterAppend),
    };
  }

  private takeTime({ random }: NodeParts): Promise<void> {
    return this.process.wait(random.next() * BUILDING_MS);
  }

  /** What Nest's scheduler does for the pings. */
  private every(ms: number, run: () => Promise<void>): () => void {
    let isStopped = false;
    const again = (): void => {
      if (isStopped) return;
      void run();
      this.process.after(ms, again);
    };
    again();
    return () => {
      isStopped = true;
    };
  }
}

function shuttingDown(): ReplogError {
  return new ReplogError('SHUTTING_DOWN', 'The node is shutting down; ask another one, or this one later.');
}
