/**
 * Passes requests on to the master, for a node that is not. It repeats an attempt as long as `judgeAttempt` says so, at
 * whichever node is master by then.
 */
import { Readable } from 'node:stream';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import { noTermHere } from '@replog/cluster/node/not-master.js';
import { ReplogError } from '@replog/contracts/errors.js';
import type { Problem } from '@replog/contracts/errors.js';
import { MEDIA } from '@replog/contracts/http.js';
import type { Clock } from '@replog/contracts/ports.js';
import { isAutomatic } from '@replog/core/election/failover.js';
import { NOT_MASTER_STATUS, judgeAttempt } from '@replog/core/forwarding/judge-attempt.js';
import type { Attempt } from '@replog/core/forwarding/judge-attempt.js';
import { WITHOUT_MASTER } from '@replog/core/quorum/way-out.js';
import type { Answer } from '@replog/http/fast-path/answer.js';
import { answerHeaders, requestHeaders } from '@replog/http/forward/forward-headers.js';
import { isAnswer } from '@replog/http/forward/forward.port.js';
import type { AnswerHere, ForwardRequest, MasterForward } from '@replog/http/forward/forward.port.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { ServiceTokens } from '@replog/runtime/tokens/service-tokens.js';
import { pathOf, pathOnly } from '@replog/http/requests/path-only.js';
import { ClientWait } from './client-wait.js';
import { MasterUnheardError } from './master-requests.js';
import type { MasterAnswer, MasterRequest, MasterRequests } from './master-requests.js';

/** Requests that are passed on at one time. */
export const MAX_FORWARDED = 4_096;
/** How long a node looks for a master that settles a request whose outcome is open, or that takes a write it holds. */
export const FIND_OUT_MS = 10_000;
/** An election takes one and a half at most, and then the campaign. */
const ELECTION_TIMEOUTS = 2;
/** The answer of a master that has all it needs takes no longer. */
const NETWORK_MS = 10_000;
/** Many requests may be held, and each asks the master by itself. */
const LOOK_AGAIN = { firstMs: 50, maxMs: 400 };

type Sender = Pick<MasterRequests, 'send'>;
type Self = Pick<LocalNode, 'nodeId' | 'clusterId' | 'master' | 'notReady' | 'holdsTerm' | 'change' | 'membership'>;

/** An attempt, and its answer if there is one. */
interface Tried {
  readonly attempt: Attempt;
  readonly answer: Answer | null;
}

export class Forwarder implements MasterForward {
  private inFlight = 0;

  constructor(
    private readonly requests: Sender,
    private readonly node: Self,
    private readonly clock: Pick<Clock, 'nowMs' | 'wallMs' | 'sleep' | 'after'>,
    private readonly tokens: Pick<ServiceTokens, 'issue'>,
    private readonly config: Pick<NodeConfig, 'failover' | 'electionTimeoutMs'>,
  ) {}

  async forward(request: ForwardRequest): Promise<Answer | AnswerHere | null> {
    if (this.inFlight >= MAX_FORWARDED) throw tooMany();
    this.inFlight += 1;
    const client = new ClientWait(request.caller, this.clock);
    const leave = (): void => {
      client.end();
      this.inFlight -= 1;
    };
    try {
      const forwarded = await this.untilSettled(request, client);
      if (forwarded === null || !isAnswer(forwarded) || !(forwarded.body instanceof Readable)) leave();
      else forwarded.body.once('close', leave);
      return forwarded;
    } catch (error) {
      leave();
      throw error;
    }
  }

  private async untilSettled(request: ForwardRequest, client: ClientWait): Promise<Answer | AnswerHere | null> {
    let hasDoubt = false;
    let troubledSinceMs: number | null = null;
    let pauseMs = LOOK_AGAIN.firstMs;
    for (;;) {
      if (this.node.holdsTerm) return { hasDoubt };
      const { master } = this.node;
      const { attempt, answer } = await this.attempt(request, master, client);
      if (client.gone.aborted) return null;
      const knowsAnother = this.node.holdsTerm || (this.node.master !== null && this.node.master.url !== master?.url);
      const nowMs = this.clock.nowMs();
      const isLate = troubledSinceMs !== null && nowMs - troubledSinceMs >= this.findOutMs;
      const { isRepeatable } = request;
      const isHeld = request.isHeld && this.isAutomatic;
      switch (judgeAttempt(attempt, { hasDoubt, isRepeatable, isLate, knowsAnother, isHeld })) {
        case 'pass':
          return answer;
        case 'refuse':
          throw attempt.kind === 'answered' ? movedAway() : this.unreachable(master?.url ?? null);
        case 'unknown':
          throw request.unknown();
        case 'again':
          hasDoubt ||= attempt.kind === 'broken';
          troubledSinceMs ??= nowMs;
          if (knowsAnother) continue;
          await this.lookAgain(pauseMs, client.gone);
          pauseMs = Math.min(2 * pauseMs, LOOK_AGAIN.maxMs);
      }
    }
  }

  private get isAutomatic(): boolean {
    return isAutomatic(this.config, this.node.membership, this.clock.wallMs());
  }

  private get findOutMs(): number {
    const { electionTimeoutMs } = this.config;
    return this.isAutomatic ? Math.max(FIND_OUT_MS, ELECTION_TIMEOUTS * electionTimeoutMs) : FIND_OUT_MS;
  }

  /** Until a change of master that is under way is over, or for a moment. */
  private async lookAgain(pauseMs: number, gone: AbortSignal): Promise<void> {
    const { over } = this.node.change;
    const moment = this.clock.sleep(pauseMs, gone);
    await (over === null ? moment : Promise.race([over, moment]));
  }

  private async attempt(request: ForwardRequest, master: Self['master'], client: ClientWait): Promise<Tried> {
    if (master === null || master.nodeId === this.node.nodeId) return UNREACHABLE;
    const { head, requestId, body, key, waitMs } = request;
    const path = pathOf(head.url ?? '/');
    // Without a wait there is nothing to end early. Repeated after that, the request asks how far it is.
    const mayWait = waitMs > 0 && !client.over.aborted;
    const { nodeId, clusterId } = this.node;
    const isStreamed = body !== null && !Buffer.isBuffer(body);
    // For a master that has all the connections it takes from clients.
    const token = await this.tokens.issue();
    const sent: MasterRequest = {
      method: head.method ?? 'GET',
      path: client.over.aborted ? withoutWait(path) : path,
      headers: requestHeaders(head, { nodeId, clusterId, token, requestId, key, isStreamed }),
      body,
      silenceMs: waitMs + NETWORK_MS,
      signal: mayWait ? AbortSignal.any([client.gone, client.over]) : client.gone,
    };
    try {
      return await tried(await this.requests.send(master.url, sent), master.url, request);
    } catch (error) {
      if (error instanceof MasterUnheardError) return error.wasSent ? BROKEN : UNREACHABLE;
      throw error;
    }
  }

  private unreachable(masterUrl: string | null): ReplogError {
    if (masterUrl === null) return noTermHere(this.node);
    const sentence = `The master at ${masterUrl} cannot be reached. Nothing was done: try again shortly. ${WITHOUT_MASTER}`;
    return new ReplogError('NO_MASTER', sentence, { retryAfterS: 1 });
  }
}

function withoutWait(path: string): string {
  const route = pathOnly(path);
  const parameters = new URLSearchParams(path.slice(route.length));
  parameters.set('timeout', '0');
  return `${route}?${parameters.toString()}`;
}

const UNREACHABLE: Tried = { attempt: { kind: 'unreachable' }, answer: null };
const BROKEN: Tried = { attempt: { kind: 'broken' }, answer: null };

/** A read and an event stream are passed on as they come; any other answer is known to be whole before it is passed on. */
async function tried(given: MasterAnswer, masterUrl: string, { head, body }: ForwardRequest): Promise<Tried> {
  const { status } = given;
  const headers = answerHeaders(given.headers, masterUrl, head.method === 'GET' || head.method === 'HEAD');
  const isEvents = headers.some(
    (value, at) => headers[at - 1] === 'content-type' && value.startsWith(MEDIA.eventStream),
  );
  const isHead = head.method === 'HEAD' && status !== NOT_MASTER_STATUS;
  const isStream = isHead || (status < 300 && (head.method === 'GET' || isEvents));
  // A body that was not read to its end leaves a connection on which nothing else can be read.
  const mustClose = body !== null && !Buffer.isBuffer(body) && !body.readableEnded;
  if (isStream)
    return {
      attempt: { kind: 'answered', status, code: null },
      answer: { status, headers, body: given.body, mustClose },
    };
  const text = await wholeText(given.body);
  if (text === null) return BROKEN;
  const code = status < 300 || status === NOT_MASTER_STATUS ? null : codeIn(text);
  return { attempt: { kind: 'answered', status, code }, answer: { status, headers, body: text, mustClose } };
}

/** `null`: it broke off. */
async function wholeText(body: Readable): Promise<string | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of body) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString();
  } catch {
    return null;
  }
}

function codeIn(text: string): string | null {
  try {
    const problem = JSON.parse(text) as Partial<Problem> | null;
    return problem?.code ?? null;
  } catch {
    return null;
  }
}

/** The node that was taken for the master is not. */
function movedAway(): ReplogError {
  const sentence =
    'The master has changed, and this node has not heard of the new one. Nothing was done: try again shortly.';
  return new ReplogError('NO_MASTER', sentence, { retryAfterS: 1 });
}

function tooMany(): ReplogError {
  const sentence = `This node passes ${MAX_FORWARDED} requests on to the master already. Nothing was done: try again shortly, or ask the master.`;
  return new ReplogError('OVERLOADED', sentence, { retryAfterS: 1 });
}
