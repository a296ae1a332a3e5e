/** Asks the nodes until one settles the question: `judgeAttempt` says what an attempt means, `NodeChoice` who is next and when. */
import { ANSWER_MS } from '../limits.js';
import { errorOf } from '../errors/errors.js';
import { OutcomeUnknown, Unreachable } from '../errors/own-errors.js';
import { readProblem } from '../errors/problem.js';
import type { ReplogError } from '../errors/replog-error.js';
import { sleep } from '../surroundings.js';
import type { Surroundings } from '../surroundings.js';
import { Bound } from './bound.js';
import { judgeAttempt } from './judge-attempt.js';
import type { Attempt } from './judge-attempt.js';
import type { NodeChoice } from './node-choice.js';
import { Opened } from './opened.js';
import type { Bounds, Question } from './question.js';
import { retryAfterMs } from './retry-after.js';

/** What an attempt came to: a value, or the error that a caller gets if no further attempt is made. */
type Tried<Value> =
  | { readonly attempt: Attempt & { readonly kind: 'answered' }; readonly value: Value }
  | { readonly attempt: Exclude<Attempt, { kind: 'answered' }>; readonly error: ReplogError; readonly afterMs: number };

export class Requests {
  constructor(
    readonly choice: NodeChoice,
    private readonly apiKey: string,
    readonly surroundings: Surroundings,
  ) {}

  /** The JSON of the answer. Throws ReplogError, or the reason of the signal. */
  json<View>(question: Question, bounds: Bounds): Promise<View> {
    return this.settle(question, bounds, async (opened) => {
      const view = JSON.parse(await opened.text()) as View;
      opened.close();
      this.choice.worked(opened.url);
      return view;
    });
  }

  /** The answer, as soon as its head has come. The caller closes it, and says when it broke. */
  open(question: Question, bounds: Bounds): Promise<Opened> {
    return this.settle(question, bounds, (opened) => Promise.resolve(opened));
  }

  /** A stream from this node broke, or said what only a node says that is behind. */
  setAside(url: string): void {
    const nowMs = this.surroundings.nowMs();
    this.choice.failed(url, { beganMs: nowMs, nowMs, retryAfterMs: 0 });
  }

  private async settle<Value>(
    question: Question,
    { signal, patienceMs }: Bounds,
    take: (opened: Opened) => Promise<Value>,
  ): Promise<Value> {
    const { surroundings } = this;
    const endMs = surroundings.nowMs() + patienceMs;
    let hasDoubt = false;
    let last: ReplogError = Unreachable.after('No node could be asked in time.');
    for (;;) {
      const { url, inMs } = this.choice.pick(question.aim, surroundings.nowMs());
      if (surroundings.nowMs() + inMs > endMs) throw hasDoubt ? unknown(last) : last;
      if (inMs > 0) await sleep(inMs, signal, surroundings);
      const beganMs = surroundings.nowMs();
      const tried = await this.attempt(url, question, signal, take);
      const verdict = judgeAttempt(tried.attempt, { isAppend: question.isAppend === true, hasDoubt });
      if ('value' in tried) return tried.value;
      hasDoubt = verdict.hasDoubt;
      last = tried.error;
      const failure = { beganMs, nowMs: surroundings.nowMs(), retryAfterMs: tried.afterMs };
      if (verdict.aside === 'all') this.choice.allFailed(failure);
      else if (verdict.aside === 'node') this.choice.failed(url, failure);
      if (verdict.then === 'unknown') throw unknown(last);
      if (verdict.then === 'refuse') throw last;
    }
  }

  private async attempt<Value>(
    url: string,
    question: Question,
    signal: AbortSignal | undefined,
    take: (opened: Opened) => Promise<Value>,
  ): Promise<Tried<Value>> {
    const { surroundings } = this;
    const bound = new Bound(signal, surroundings);
    bound.arm((question.waitMs ?? 0) + ANSWER_MS);
    try {
      const fetching = surroundings.fetch(`${url}${question.path}`, this.init(question, bound));
      // A head that comes too late has a body that nobody reads.
      fetching.then((late) => (bound.signal.aborted ? late.body?.cancel() : undefined)).catch(() => undefined);
      const response = await bound.within(fetching);
      const opened = new Opened(url, response, bound);
      this.heard(url, question, response);
      if (response.ok) return { attempt: { kind: 'answered' }, value: await take(opened) };
      const error = errorOf(readProblem(response.status, await opened.text()));
      bound.end();
      return {
        attempt: { kind: 'refused', error },
        error,
        afterMs: retryAfterMs(opened.header('retry-after'), surroundings.dateMs()),
      };
    } catch (error) {
      bound.end();
      signal?.throwIfAborted();
      const cause = bound.silence ?? error;
      const sentence = `${url} does not answer (${whatOf(cause)}).`;
      const wasSent = !NOT_SENT.includes(codeOf(error));
      return { attempt: { kind: 'silent', wasSent }, error: Unreachable.after(sentence, { cause }), afterMs: 0 };
    }
  }

  private init({ method, accept, body }: Question, { signal }: Bound): RequestInit {
    return {
      method,
      signal,
      // No node redirects a client. Whoever does is none, and is not to get the key.
      redirect: 'error',
      headers: { accept, 'x-token': this.apiKey, ...(body === undefined ? {} : { 'content-type': body.type }) },
      ...(body === undefined ? {} : { body: body.text }),
    };
  }

  /** What only the master can do was answered by it: by the one that is named, or by the node that was asked. */
  private heard(url: string, { aim }: Question, { ok, headers }: Response): void {
    const master = headers.get('x-replog-master');
    if (master !== null) this.choice.follow(master);
    else if (ok && aim === 'master') this.choice.follow(url);
  }
}

/** As Node.js names what went wrong before a request was sent. Browsers do not say, so there it may have been sent. */
const NOT_SENT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'];

function codeOf(error: unknown): string {
  const cause = (error as { readonly cause?: { readonly code?: unknown } } | null)?.cause;
  return typeof cause?.code === 'string' ? cause.code : '';
}

function whatOf(error: unknown): string {
  const code = codeOf(error);
  if (code !== '') return code;
  return error instanceof Error ? error.message : String(error);
}

function unknown(cause: ReplogError): OutcomeUnknown {
  const detail =
    `It is not known whether the request was carried out. ${cause.message} ` +
    'Append it again under the same key, or ask for the receipt of the key: neither appends it twice.';
  return new OutcomeUnknown({ status: cause.status, code: 'OUTCOME_UNKNOWN', detail, retriable: true }, { cause });
}
