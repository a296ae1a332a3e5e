/** A node's transport with a listener for votes, claims, transfers, their requests and fetched records. Pings and polls are left out. */
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
import type { Happening } from './narrator.js';
import { lastWords, rangeOf } from './words.js';

export class OverheardTransport implements Transport {
  constructor(
    private readonly from: string,
    private readonly inner: Transport,
    private readonly tell: (happening: Happening) => void,
  ) {}

  status(url: string, limits: CallLimits): Promise<NodeStatus> {
    return this.inner.status(url, limits);
  }

  ping(url: string, request: PingRequest, limits: CallLimits): Promise<NodeStatus> {
    return this.inner.ping(url, request, limits);
  }

  position(url: string, index: number, limits: CallLimits): Promise<LogPosition | null> {
    return this.inner.position(url, index, limits);
  }

  register(url: string, request: RegisterRequest, limits: CallLimits): Promise<RegisterAnswer> {
    return this.inner.register(url, request, limits);
  }

  leave(url: string, request: LeaveRequest, limits: CallLimits): Promise<void> {
    return this.inner.leave(url, request, limits);
  }

  openLink(url: string, limits: Parameters<Transport['openLink']>[1]): Promise<LinkSocket> {
    return this.inner.openLink(url, limits);
  }

  async vote(url: string, request: VoteRequest, limits: CallLimits): Promise<VoteAnswer> {
    const { from } = this;
    const to = nodeAt(url);
    this.tell({ by: from, to, what: `a vote for ${request.candidate} in epoch ${request.epoch}?` });
    const answer = await this.inner.vote(url, request, limits);
    const { granted, reason, votedEpoch, status } = answer;
    const what = granted
      ? `voted for epoch ${votedEpoch}, ${lastWords(status.last)}`
      : `no vote (${reason}): holds to epoch ${votedEpoch}`;
    this.tell({ by: to, to: from, what });
    return answer;
  }

  async claim(url: string, request: ClaimRequest, limits: CallLimits): Promise<void> {
    const { from } = this;
    const to = nodeAt(url);
    this.tell({ by: from, to, what: `the cluster of ${from} lists ${request.listed.nodeId}` });
    await this.inner.claim(url, request, limits).catch((error: unknown) => {
      if (error instanceof PeerError && error.code !== null)
        this.tell({ by: to, to: from, what: `stays: ${error.code}` });
      throw error;
    });
    this.tell({ by: to, to: from, what: 'gives up its cluster' });
  }

  async transfer(url: string, request: TransferRequest, limits: CallLimits): Promise<TransferAnswer> {
    const { from } = this;
    const to = nodeAt(url);
    this.tell({ by: from, to, what: `transfer to ${request.candidate}?` });
    const answer = await this.inner.transfer(url, request, limits);
    this.tell({ by: to, to: from, what: `transferred: last record ${answer.lastIndex} of epoch ${answer.epoch}` });
    return answer;
  }

  async takeOver(url: string, request: TakeOverRequest, limits: CallLimits): Promise<NodeStatus> {
    const { from } = this;
    const to = nodeAt(url);
    this.tell({ by: from, to, what: 'take over?' });
    const answer = await this.inner.takeOver(url, request, limits).catch((error: unknown) => {
      if (error instanceof PeerError && error.code !== null)
        this.tell({ by: to, to: from, what: `does not take over: ${error.code}` });
      throw error;
    });
    this.tell({ by: to, to: from, what: `is master in epoch ${answer.epoch}` });
    return answer;
  }

  async records(url: string, fromIndex: number, limits: CallLimits): Promise<Buffer> {
    const { from } = this;
    const to = nodeAt(url);
    this.tell({ by: from, to, what: `records from ${fromIndex} on?` });
    const records = await this.inner.records(url, fromIndex, limits);
    this.tell({ by: to, to: from, what: records.length === 0 ? 'no records' : `records ${rangeOf(records)}` });
    return records;
  }
}

function nodeAt(url: string): string {
  return new URL(url).hostname;
}
