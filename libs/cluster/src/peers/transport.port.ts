/**
 * How nodes talk to each other. Production: plain HTTP for control traffic and a WebSocket for the link, both with the
 * service token. The simulation implements the same port with its own network.
 */
import type { Problem } from '@replog/contracts/errors.js';
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

export interface CallLimits {
  readonly timeoutMs: number;
}

export interface Transport {
  status(url: string, limits: CallLimits): Promise<NodeStatus>;
  ping(url: string, request: PingRequest, limits: CallLimits): Promise<NodeStatus>;
  vote(url: string, request: VoteRequest, limits: CallLimits): Promise<VoteAnswer>;
  /** Asks a living master to transfer its term to the caller. */
  transfer(url: string, request: TransferRequest, limits: CallLimits): Promise<TransferAnswer>;
  /** Asks a member to take over the term of the caller. Resolves with its status when it is master. */
  takeOver(url: string, request: TakeOverRequest, limits: CallLimits): Promise<NodeStatus>;
  /** The position after the record at `index` in that node's log; `null` if it has no such record. */
  position(url: string, index: number, limits: CallLimits): Promise<LogPosition | null>;
  /** Whole records from `fromIndex` on, a few megabytes at most; empty if the log of that node ends before. */
  records(url: string, fromIndex: number, limits: CallLimits): Promise<Buffer>;
  register(url: string, request: RegisterRequest, limits: CallLimits): Promise<RegisterAnswer>;
  /** Resolves when the caller is out of the membership, and that is committed. */
  leave(url: string, request: LeaveRequest, limits: CallLimits): Promise<void>;
  /** Resolves when the other node gives up its own cluster for the caller's, or has done so. */
  claim(url: string, request: ClaimRequest, limits: CallLimits): Promise<void>;
  /** `signal` ends the attempt at once; a link that is open stays. */
  openLink(url: string, limits: CallLimits & { readonly signal: AbortSignal }): Promise<LinkSocket>;
}

/** One end of a link. Whole binary frames arrive in order, each once, until the link closes. */
export interface LinkSocket {
  /** `taken`: the network has all bytes, so they may be changed. It is not called if the link ends before. */
  send(frame: Buffer, taken?: () => void): void;
  /** Bytes that were sent and are not yet with the network. */
  readonly bufferedBytes: number;
  onFrame(listener: (frame: Buffer) => void): void;
  /** Called for everything that arrives, heartbeats included. One listener: the last. */
  onHeard(listener: () => void): void;
  /** Called once, with the reason, when the link ends. */
  onClose(listener: (reason: string) => void): void;
  /** Stops taking frames from the network until `resume`. What the sender sends then waits in its send window. */
  pause(): void;
  resume(): void;
  close(reason: string): void;
}

/** The other node did not answer, or refused. */
export class PeerError extends Error {
  override readonly name = 'PeerError';

  constructor(
    message: string,
    /** The code of the refusal, if the other node sent one. */
    readonly code: string | null = null,
    /** Where the other node says to go. */
    readonly location: string | null = null,
    /** The whole problem document, if the other node sent one. */
    readonly problem: Problem | null = null,
  ) {
    super(message);
  }
}

export const TRANSPORT = Symbol('TRANSPORT');
