/** Who lives at which address, and what a living node answers there. */
import type { ReplogError } from '@replog/contracts/errors.js';
import type {
  ClaimRequest,
  LeaveRequest,
  NodeStatus,
  RegisterAnswer,
  RegisterRequest,
  TakeOverRequest,
} from '@replog/contracts/http.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import type { PeerService } from '@replog/cluster/peers/peer.service.js';
import type { MessageReader } from '@replog/cluster/reads/message-reader.js';
import type { DamageReporter } from '@replog/log-store/damage-reporter.port.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { MasterTerm } from '@replog/master/term/master-term.js';
import type { InflightBodies } from '@replog/http/requests/inflight-bodies.js';
import type { Follower } from '@replog/secondary/messages/follower.js';
import type { OrphansDoor } from './orphans-door.js';
import type { Host } from '../engine/network.js';

/** What the current role answers: the routes of its controllers, without HTTP. */
export interface Door {
  readonly node: LocalNode;
  readonly peer: PeerService;
  readonly reader: MessageReader;
  /** Told of damage that a request met, as the exception filter is. */
  readonly damage: DamageReporter;
  readonly orphans: OrphansDoor;
  register(request: RegisterRequest, url: string): Promise<RegisterAnswer>;
  leave(request: LeaveRequest): Promise<void>;
  claim(request: ClaimRequest, url: string): Promise<void>;
  takeOver(request: TakeOverRequest): Promise<NodeStatus>;
  /** Only while this node holds a term. */
  readonly master: MasterDoor | null;
  /** The write entry. It holds a write while the master changes, as production does. */
  masterForWrite(): Promise<MasterDoor>;
  /** Only where the role is secondary. */
  readonly follower: Follower | null;
  /** Why new requests are refused. */
  closing: ReplogError | null;
}

export interface MasterDoor {
  readonly term: MasterTerm;
  readonly bodies: InflightBodies;
  readonly config: NodeConfig;
}

export interface Inhabitant extends Host {
  readonly nodeId: string;
  readonly url: string;
  /** `null` while no role is in force. */
  readonly door: Door | null;
}

export class Directory {
  private readonly byUrl = new Map<string, Inhabitant>();

  add(inhabitant: Inhabitant): void {
    this.byUrl.set(inhabitant.url, inhabitant);
  }

  find(url: string): Inhabitant | null {
    return this.byUrl.get(url.replace(/\/+$/, '')) ?? null;
  }
}
