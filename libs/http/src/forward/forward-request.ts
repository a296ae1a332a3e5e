/** Requests of clients that only the master can answer, beside writes: a node that is not master passes them on. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReplogError } from '@replog/contracts/errors.js';
import { HEADERS } from '@replog/contracts/http.js';
import { MAX_TIMEOUT_MS } from '@replog/contracts/limits.js';
import { sendAnswer } from '../fast-path/send-answer.js';
import { pathOnly } from '../requests/path-only.js';
import { callerOf } from '../server/caller.js';
import { isAnswer } from './forward.port.js';
import type { MasterForward } from './forward.port.js';

const READS = ['GET', 'HEAD'];

/** Nodes find the master themselves, and what another node has passed on goes no further. */
export function isForMaster(error: unknown, { serviceNode, headers }: FastifyRequest): boolean {
  const isRefused = error instanceof ReplogError && error.code === 'NOT_MASTER';
  return isRefused && serviceNode === undefined && headers[HEADERS.forwardedBy] === undefined;
}

/** `body`: whole, because it may have to be sent again. Rejects with ReplogError, before anything is sent to the client. */
export async function forwardRequest(
  master: MasterForward,
  request: FastifyRequest,
  reply: FastifyReply,
  body: Buffer | null,
): Promise<void> {
  const isRead = READS.includes(request.method);
  const forwarded = await master.forward({
    head: request.raw,
    requestId: request.id,
    caller: callerOf(request.raw.socket),
    body,
    key: null,
    isRepeatable: isRead,
    // Who reads the state of the cluster, or gives an order, wants to know that it has no master.
    isHeld: false,
    waitMs: timeoutOf(request.query),
    unknown: isRead ? unanswered : () => unknownOrder(pathOnly(request.url)),
  });
  if (forwarded === null) return;
  if (!isAnswer(forwarded)) throw unanswered();
  sendAnswer(reply, forwarded);
}

function timeoutOf(query: unknown): number {
  const asked = Number((query as { readonly timeout?: unknown }).timeout);
  return asked > 0 ? Math.min(asked, MAX_TIMEOUT_MS) : 0;
}

function unanswered(): ReplogError {
  return new ReplogError('NO_MASTER', 'The master changes, or does not answer. Ask again shortly.', { retryAfterS: 1 });
}

/** What says whether an order was carried out. */
function shownAt(path: string): string {
  return path.startsWith('/cluster') ? '/cluster' : '/secondaries';
}

function unknownOrder(path: string): ReplogError {
  const shown = shownAt(path);
  const sentence = `The connection to the master broke, and it is not known whether the request was carried out: GET ${shown} says it.`;
  return new ReplogError('OUTCOME_UNKNOWN', sentence, { location: shown, retryAfterS: 1 });
}
