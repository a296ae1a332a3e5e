/** The transport of one process: the production port over the simulated network. */
import { ReplogError } from '@replog/contracts/errors.js';
import { SERVICE_ROUTES } from '@replog/contracts/http.js';
import type {
  ClaimRequest,
  LeaveRequest,
  TakeOverRequest,
  TransferAnswer,
  TransferRequest,
  NodeStatus,
  PingRequest,
  VoteAnswer,
  VoteRequest,
  RegisterAnswer,
  RegisterRequest,
} from '@replog/contracts/http.js';
import type { LogPosition } from '@replog/contracts/record.js';
import { PeerError } from '@replog/cluster/peers/transport.port.js';
import type { CallLimits, LinkSocket, Transport } from '@replog/cluster/peers/transport.port.js';
import { LinkEnd, connect } from '../engine/link.js';
import type { LinkWatch } from '../engine/link.js';
import type { Network } from '../engine/network.js';
import type { Process } from '../engine/process.js';
import { toPeerError } from './calls.js';
import type { Caller, Calls } from './calls.js';
import type { Directory, Door, Inhabitant } from './directory.js';

/** HEARTBEAT of every node. */
export const HEARTBEAT_MS = 200;

export interface TransportPorts {
  readonly calls: Calls;
  readonly network: Network;
  readonly directory: Directory;
  /** Sees what goes over the links. */
  readonly linkWatch: LinkWatch;
  /** The answer of another node to a question for its status has come. */
  readonly answered: (process: Process, status: NodeStatus) => void;
  /** A candidate is about to ask for a vote. `by`: its name on the network, as below. */
  readonly asks: (by: string, request: VoteRequest) => void;
  /** A vote is about to leave its node. */
  readonly voted: (by: string, request: VoteRequest) => void;
  /** A master has ended its term for its successor. */
  readonly transferred: (by: string, to: string, answer: TransferAnswer) => void;
  /** Every open link end. Killing a process or cutting a connection needs them. */
  readonly links: Set<LinkEnd>;
}

export class SimulatedTransport implements Transport {
  private readonly caller: Caller;

  constructor(
    private readonly ports: TransportPorts,
    private readonly self: Inhabitant,
    private readonly process: Process,
    private readonly bootId: string,
  ) {
    this.caller = {
      name: self.name,
      mayRepeat: true,
      run: (step) => process.run(step),
      after: (ms, run) => process.after(ms, run),
    };
  }

  private get asCaller(): { nodeId: string; bootId: string } {
    return { nodeId: this.self.nodeId, bootId: this.bootId };
  }

  async status(url: string, limits: CallLimits): Promise<NodeStatus> {
    const status = await this.call(url, SERVICE_ROUTES.status, limits, ({ peer }) => peer.status(this.asCaller));
    this.ports.answered(this.process, status);
    return status;
  }

  ping(url: string, request: PingRequest, limits: CallLimits): Promise<NodeStatus> {
    return this.call(url, SERVICE_ROUTES.ping, limits, ({ peer }) => peer.ping(request));
  }

  vote(url: string, request: VoteRequest, limits: CallLimits): Promise<VoteAnswer> {
    this.ports.asks(this.self.name, request);
    return this.call(url, SERVICE_ROUTES.vote, limits, async ({ peer, node }) => {
      const answer = await peer.vote(request, { url: this.self.url, bootId: this.bootId });
      if (answer.granted) this.ports.voted(this.ports.directory.find(url)?.name ?? node.nodeId, request);
      return answer;
    });
  }

  transfer(url: string, request: TransferRequest, limits: CallLimits): Promise<TransferAnswer> {
    return this.call(url, SERVICE_ROUTES.transfer, limits, async ({ master, node }) => {
      if (master === null) throw new ReplogError('ROUTE_NOT_FOUND', 'A secondary has no term to transfer.');
      const answer = await master.term.transfer.transfer(request);
      this.ports.transferred(node.nodeId, request.candidate, answer);
      return answer;
    });
  }

  takeOver(url: string, request: TakeOverRequest, limits: CallLimits): Promise<NodeStatus> {
    return this.call(url, SERVICE_ROUTES.takeOver, limits, (door) => door.takeOver(request));
  }

  position(url: string, index: number, limits: CallLimits): Promise<LogPosition | null> {
    return this.call(url, SERVICE_ROUTES.position, limits, ({ peer }) => peer.position(index));
  }

  records(url: string, fromIndex: number, limits: CallLimits): Promise<Buffer> {
    return this.call(url, SERVICE_ROUTES.records, limits, async ({ peer }) =>
      Buffer.from(await peer.records(fromIndex)),
    );
  }

  register(url: string, request: RegisterRequest, limits: CallLimits): Promise<RegisterAnswer> {
    return this.call(url, SERVICE_ROUTES.register, limits, (door) => door.register(request, this.self.url));
  }

  leave(url: string, request: LeaveRequest, limits: CallLimits): Promise<void> {
    return this.call(url, SERVICE_ROUTES.leave, limits, (door) => door.leave(request));
  }

  claim(url: string, request: ClaimRequest, limits: CallLimits): Promise<void> {
    return this.call(url, SERVICE_ROUTES.claim, limits, (door) => door.claim(request, this.self.url));
  }

  async openLink(url: string, limits: CallLimits & { readonly signal: AbortSignal }): Promise<LinkSocket> {
    const target = this.ports.directory.find(url);
    const ours = this.endOf(this.self, this.process);
    const opening = this.call(url, SERVICE_ROUTES.link, limits, (door) => {
      const { process } = target as Inhabitant;
      // A repeated request opens one connection: the second finds it taken.
      if (ours.peer !== null || process === null) throw new Error('no connection');
      const { follower, node } = door;
      if (follower === null)
        throw new ReplogError('ROUTE_NOT_FOUND', 'This node is not a secondary: it accepts no link.');
      if (node.clusterId === null) throw new ReplogError('NOT_READY', 'This node has not joined a cluster yet.');
      const theirs = this.endOf(target as Inhabitant, process);
      connect(ours, theirs);
      follower.follow(theirs, this.self.nodeId);
    });
    try {
      await Promise.race([opening, aborted(limits.signal)]);
    } catch (error) {
      opening.catch(() => undefined);
      ours.close('the link did not open');
      throw error;
    }
    if (ours.isOver) throw new PeerError(`${url} closed before it was open`);
    return ours;
  }

  private endOf(host: Inhabitant, process: Process): LinkEnd {
    const { network, links, linkWatch } = this.ports;
    const end = new LinkEnd(network, host, process, linkWatch, HEARTBEAT_MS);
    links.add(end);
    end.onClose(() => links.delete(end));
    return end;
  }

  private async call<Answer>(
    url: string,
    path: string,
    { timeoutMs }: CallLimits,
    ask: (door: Door) => Answer | Promise<Answer>,
  ): Promise<Answer> {
    try {
      return await this.ports.calls.call(this.caller, this.ports.directory.find(url), timeoutMs, ask);
    } catch (error) {
      if (error instanceof PeerError) throw error;
      throw toPeerError(url, path, error);
    }
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(new PeerError('the attempt was given up'));
    if (signal.aborted) fail();
    signal.addEventListener('abort', fail, { once: true });
  });
}
