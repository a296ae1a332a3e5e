/** Control traffic through `@nestjs/axios`, the link through `ws`, both with a service token of this node. */
import type { Agent } from 'node:http';
import type { HttpService } from '@nestjs/axios';
import axios from 'axios';
import type { AxiosResponse } from 'axios';
import { firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';
import { APPEND_HEADER_BYTES } from '@replog/contracts/frames.js';
import { HEADERS, SERVICE_ROUTES } from '@replog/contracts/http.js';
import { MAX_BLOCK_BYTES } from '@replog/contracts/limits.js';
import { PROTOCOL_VERSION } from '@replog/contracts/protocol.js';
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
import type { ServiceTokens } from '@replog/runtime/tokens/service-tokens.js';
import { readRefusal } from '@replog/cluster/votes/refused-vote.js';
import { PeerError } from '@replog/cluster/peers/transport.port.js';
import type { CallLimits, LinkSocket, Transport } from '@replog/cluster/peers/transport.port.js';
import { WebSocketLink } from '@replog/cluster/peers/web-socket-link.js';
import type { HeartbeatSettings } from '@replog/cluster/peers/web-socket-link.js';
import { RegisterAnswerDto } from '@replog/master/registry/register.dto.js';
import { TransferAnswerDto } from '@replog/master/transfer/transfer.dto.js';
import { NodeStatusDto, PositionAnswerDto, VoteAnswerDto } from '../api/peers/peer-answers.dto.js';
import { readAnswer } from './read-answer.js';

/** An answer in JSON: the status of a node, a problem document. */
const MAX_JSON_BYTES = 64 * 1024;

interface Call extends CallLimits {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly query?: Record<string, number>;
  readonly responseType?: 'json' | 'arraybuffer';
  /** The call does not name the cluster of this node, which would be refused. */
  readonly isToAnotherCluster?: boolean;
  /** Most bytes of the answer. Default: MAX_JSON_BYTES. */
  readonly maxBytes?: number;
}

type LinkLimits = Parameters<Transport['openLink']>[1];

export class HttpTransport implements Transport {
  constructor(
    private readonly http: HttpService,
    private readonly tokens: ServiceTokens,
    private readonly config: HeartbeatSettings,
    /** The cluster of this node; `null` before it has joined one. */
    private readonly clusterId: () => string | null,
    private readonly bootId: string,
  ) {}

  status(url: string, limits: CallLimits): Promise<NodeStatus> {
    return this.read(NodeStatusDto, url, { ...limits, method: 'GET', path: SERVICE_ROUTES.status });
  }

  ping(url: string, request: PingRequest, limits: CallLimits): Promise<NodeStatus> {
    return this.read(NodeStatusDto, url, { ...limits, method: 'POST', path: SERVICE_ROUTES.ping, body: request });
  }

  async vote(url: string, request: VoteRequest, limits: CallLimits): Promise<VoteAnswer> {
    const path = SERVICE_ROUTES.vote;
    try {
      return await this.read(VoteAnswerDto, url, { ...limits, method: 'POST', path, body: request });
    } catch (error) {
      const refusal = error instanceof PeerError && error.problem !== null ? readRefusal(error.problem) : null;
      if (refusal === null) throw error;
      return readAnswer(VoteAnswerDto, `${url}${path}`, refusal);
    }
  }

  transfer(url: string, request: TransferRequest, limits: CallLimits): Promise<TransferAnswer> {
    const call: Call = { ...limits, method: 'POST', path: SERVICE_ROUTES.transfer, body: request };
    return this.read(TransferAnswerDto, url, call);
  }

  takeOver(url: string, request: TakeOverRequest, limits: CallLimits): Promise<NodeStatus> {
    return this.read(NodeStatusDto, url, { ...limits, method: 'POST', path: SERVICE_ROUTES.takeOver, body: request });
  }

  async position(url: string, index: number, limits: CallLimits): Promise<LogPosition | null> {
    const call: Call = { ...limits, method: 'GET', path: SERVICE_ROUTES.position, query: { index } };
    return (await this.read(PositionAnswerDto, url, call)).position;
  }

  records(url: string, fromIndex: number, limits: CallLimits): Promise<Buffer> {
    const call: Call = { ...limits, method: 'GET', path: SERVICE_ROUTES.records, query: { from: fromIndex } };
    return this.call<Buffer>(url, { ...call, responseType: 'arraybuffer', maxBytes: MAX_BLOCK_BYTES });
  }

  register(url: string, request: RegisterRequest, limits: CallLimits): Promise<RegisterAnswer> {
    const call: Call = { ...limits, method: 'POST', path: SERVICE_ROUTES.register, body: request };
    return this.read(RegisterAnswerDto, url, call);
  }

  leave(url: string, request: LeaveRequest, limits: CallLimits): Promise<void> {
    return this.call(url, { ...limits, method: 'POST', path: SERVICE_ROUTES.leave, body: request });
  }

  claim(url: string, request: ClaimRequest, limits: CallLimits): Promise<void> {
    const call: Call = { ...limits, method: 'POST', path: SERVICE_ROUTES.claim, body: request };
    return this.call(url, { ...call, isToAnotherCluster: true });
  }

  openLink(url: string, limits: LinkLimits): Promise<LinkSocket> {
    const target = `${url.replace(/^http/, 'ws')}${SERVICE_ROUTES.link}`;
    return this.authorized((token) => this.connect(target, token, limits));
  }

  close(): void {
    (this.http.axiosRef.defaults.httpAgent as Agent | undefined)?.destroy();
  }

  /** A peer judges tokens by its own clocks: one that it refuses is replaced, once. Nothing was done with the request. */
  private async authorized<Result>(send: (token: string) => Promise<Result>): Promise<Result> {
    const token = await this.tokens.issue();
    try {
      return await send(token);
    } catch (error) {
      if (!(error instanceof PeerError) || error.code !== 'UNAUTHENTICATED') throw error;
      return send(await this.tokens.replace(token));
    }
  }

  /** Token, protocol version and cluster of this node. */
  private credentials(token: string, clusterId = this.clusterId()): Record<string, string> {
    return {
      authorization: `Bearer ${token}`,
      [HEADERS.protocol]: String(PROTOCOL_VERSION),
      [HEADERS.boot]: this.bootId,
      ...(clusterId === null ? {} : { [HEADERS.cluster]: clusterId }),
    };
  }

  private async connect(target: string, token: string, limits: LinkLimits): Promise<LinkSocket> {
    const socket = new WebSocket(target, {
      headers: this.credentials(token),
      handshakeTimeout: limits.timeoutMs,
      perMessageDeflate: false,
      generateMask: noMask,
      maxPayload: MAX_BLOCK_BYTES + APPEND_HEADER_BYTES,
    });
    const link = new WebSocketLink(socket, this.config);
    const giveUp = (): void => socket.terminate();
    limits.signal.addEventListener('abort', giveUp, { once: true });
    if (limits.signal.aborted) giveUp();
    await new Promise<void>((resolve, reject) => {
      let status: number | undefined;
      socket.once('open', resolve);
      socket.once('unexpected-response', (_request, response) => {
        status = response.statusCode;
        socket.terminate();
      });
      socket.once('error', ({ message }) => {
        const why = status === undefined ? message : `it answered ${status}`;
        reject(new PeerError(`${target} could not be opened: ${why}`, status === 401 ? 'UNAUTHENTICATED' : null));
      });
      socket.once('close', () => reject(new PeerError(`${target} closed before it was open`)));
    }).finally(() => limits.signal.removeEventListener('abort', giveUp));
    return link;
  }

  private async read<Answer extends object>(dto: new () => Answer, url: string, call: Call): Promise<Answer> {
    return readAnswer(dto, `${url}${call.path}`, await this.call<unknown>(url, call));
  }

  private call<Answer>(url: string, call: Call): Promise<Answer> {
    return this.authorized((token) => this.ask<Answer>(url, call, token));
  }

  private async ask<Answer>(url: string, call: Call, token: string): Promise<Answer> {
    const response = await this.send<Answer>(url, call, token);
    if (response.status >= 200 && response.status < 300) return response.data;
    const problem = asProblem(response.data);
    const location = response.headers['location'] as unknown;
    throw new PeerError(
      problem?.detail ?? `${url}${call.path} answered ${response.status}`,
      problem?.code ?? null,
      typeof location === 'string' ? location : null,
      problem,
    );
  }

  private async send<Answer>(url: string, call: Call, token: string): Promise<AxiosResponse<Answer>> {
    const { maxBytes = MAX_JSON_BYTES } = call;
    try {
      const sent = this.http.request<Answer>({
        url: `${url}${call.path}`,
        method: call.method,
        data: call.body,
        params: call.query,
        responseType: call.responseType ?? 'json',
        maxContentLength: maxBytes,
        // No node compresses, and a few bytes could become very many.
        decompress: false,
        timeout: call.timeoutMs,
        signal: AbortSignal.timeout(call.timeoutMs),
        headers: call.isToAnotherCluster === true ? this.credentials(token, null) : this.credentials(token),
      });
      return await firstValueFrom(sent);
    } catch (error) {
      if (isTooLong(error)) throw new PeerError(`${url}${call.path} answered with more than ${maxBytes} bytes`);
      throw new PeerError(`${url} does not answer: ${describe(error, call.timeoutMs)}`);
    }
  }
}

/**
 * Leaves the mask zero, which costs nothing. Masking protects proxies from scripts in browsers (RFC 6455, section 10.3);
 * here only the two nodes decide what is sent.
 */
function noMask(mask: Buffer): void {
  mask.fill(0);
}

function isTooLong(error: unknown): boolean {
  return axios.isAxiosError(error) && error.message.startsWith('maxContentLength');
}

function describe(error: unknown, timeoutMs: number): string {
  if (axios.isCancel(error)) return `no answer within ${timeoutMs} ms`;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}

/** The problem document of a refusal, for any response type. */
function asProblem(data: unknown): Problem | null {
  try {
    const parsed: unknown = Buffer.isBuffer(data) ? JSON.parse(data.toString()) : data;
    if (typeof parsed !== 'object' || parsed === null || !('code' in parsed) || !('detail' in parsed)) return null;
    return typeof parsed.code === 'string' && typeof parsed.detail === 'string' ? (parsed as Problem) : null;
  } catch {
    return null;
  }
}
