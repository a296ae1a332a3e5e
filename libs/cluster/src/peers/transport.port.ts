/**
 * How one node talks to another. Production: plain HTTP for control traffic and a WebSocket for the link, both under
 * the service token. The simulation puts its own network behind the same port.
 */
import type { Problem } from '@replog/contracts/errors.js';
import type {
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
  /** Asks a living master to give up office in favour of the caller. */
  transfer(url: string, request: TransferRequest, limits: CallLimits): Promise<TransferAnswer>;
  /** The position after the record at `index` in that node's log; `null` where it has none such. */
  position(url: string, index: number, limits: CallLimits): Promise<LogPosition | null>;
  /** Whole records from `fromIndex` on, some megabytes at most; empty where that node's log ends before. */
  records(url: string, fromIndex: number, limits: CallLimits): Promise<Buffer>;
  register(url: string, request: RegisterRequest, limits: CallLimits): Promise<RegisterAnswer>;
  openLink(url: string, limits: CallLimits): Promise<LinkSocket>;
}

/** One end of a link: whole binary frames, in order, each once, or closed. */
export interface LinkSocket {
  /** `taken`: the network has all of it, and its bytes may be changed. Not called where the link ends before. */
  send(frame: Buffer, taken?: () => void): void;
  /** Bytes handed in and not yet taken by the network. */
  readonly bufferedBytes: number;
  onFrame(listener: (frame: Buffer) => void): void;
  /** Called once, with the reason, however the link ends. */
  onClose(listener: (reason: string) => void): void;
  /** Stops taking frames from the network until `resume`; what the sender sends then waits in its own window. */
  pause(): void;
  resume(): void;
  close(reason: string): void;
}

/** The other node did not answer, or refused. */
export class PeerError extends Error {
  override readonly name = 'PeerError';

  constructor(
    message: string,
    /** The refusal's code, where the other node gave one. */
    readonly code: string | null = null,
    /** Where the other node says to go instead. */
    readonly location: string | null = null,
    /** The refusal whole, where the other node gave one. */
    readonly problem: Problem | null = null,
  ) {
    super(message);
  }
}

export const TRANSPORT = Symbol('TRANSPORT');
