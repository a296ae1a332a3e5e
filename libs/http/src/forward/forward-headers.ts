/**
 * The headers of a request and of its answer when a node passes them on. What belongs to one connection stays there
 * (RFC 9110, section 7.6.1), and what the node says about itself is said anew.
 */
import { HEADERS } from '@replog/contracts/http.js';
import type { RequestHead } from '../fast-path/fast-path.js';

const OF_ONE_CONNECTION = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];
const SAID_ANEW = new Set<string>([
  // A page asks this node, not the master.
  ...['host', 'expect', 'origin', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'],
  ...[HEADERS.requestId, HEADERS.forwardedBy, HEADERS.forwardToken, HEADERS.cluster],
]);
const OF_THE_ANSWERING_NODE = new Set<string>(['date', HEADERS.requestId, HEADERS.node]);

export interface ForwardedBy {
  readonly nodeId: string;
  /** Its service token. */
  readonly token: string;
  /** The cluster whose master is meant. */
  readonly clusterId: string | null;
  readonly requestId: string;
  /** In place of the key of the client; `null`: as it came. */
  readonly key: string | null;
  /** The body is sent as it comes. The length of any other body is known to the sender. */
  readonly isStreamed: boolean;
}

/** Names and values in turn. */
export function requestHeaders(
  { headers, rawHeaders, socket }: RequestHead,
  { nodeId, clusterId, token, requestId, key, isStreamed }: ForwardedBy,
): string[] {
  const isDropped = droppedBy(headers.connection);
  const passed = filterHeaders(rawHeaders, (name) => {
    if (name === HEADERS.idempotencyKey && key !== null) return false;
    if (name === 'content-length' && !isStreamed) return false;
    return !isDropped(name) && !SAID_ANEW.has(name);
  });
  const before = headers['x-forwarded-for'];
  const client = socket?.remoteAddress;
  const via = [before, client].filter((each) => each !== undefined).join(', ');
  if (via !== '') passed.push('x-forwarded-for', via);
  const host = headers['x-forwarded-host'] ?? headers.host;
  if (typeof host === 'string') passed.push('x-forwarded-host', host);
  passed.push('x-forwarded-proto', String(headers['x-forwarded-proto'] ?? 'http'));
  passed.push(HEADERS.requestId, requestId, HEADERS.forwardedBy, nodeId, HEADERS.forwardToken, token);
  if (clusterId !== null) passed.push(HEADERS.cluster, clusterId);
  if (key !== null) passed.push(HEADERS.idempotencyKey, key);
  return passed;
}

/**
 * `raw`: names and values in turn, as the master sent them. `isRead`: the length is kept, since the body is passed on as it comes,
 * or there is only its length.
 */
export function answerHeaders(raw: readonly string[], masterUrl: string, isRead: boolean): string[] {
  const connection = raw.find((_, at) => at % 2 === 1 && raw[at - 1]?.toLowerCase() === 'connection');
  const isDropped = droppedBy(connection);
  const passed = filterHeaders(raw, (name) => {
    if (name === 'content-length' && !isRead) return false;
    return !isDropped(name) && !OF_THE_ANSWERING_NODE.has(name);
  });
  passed.push(HEADERS.master, masterUrl);
  return passed;
}

/** `connection` may name further headers of this connection. */
function droppedBy(connection: string | undefined): (name: string) => boolean {
  const named = connection?.split(',').map((name) => name.trim().toLowerCase()) ?? [];
  return (name) => OF_ONE_CONNECTION.includes(name) || named.includes(name);
}

function filterHeaders(raw: readonly string[], isKept: (name: string) => boolean): string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] as string).toLowerCase();
    if (isKept(name)) kept.push(name, raw[at + 1] as string);
  }
  return kept;
}
