/**
 * The closed table of errors: a stable code, its HTTP status, whether the same request may succeed later, a title, and
 * what to do in general. Each error adds a sentence about its own case. `docs/errors.md` is generated from this table.
 */
import { HTTP_ERROR_KINDS } from './http-error-kinds.js';
import { NODE_ERROR_KINDS } from './node-error-kinds.js';
import type { ErrorKind } from './http-error-kinds.js';

export const ERROR_KINDS = {
  ...HTTP_ERROR_KINDS,
  INVALID_BODY: {
    status: 400,
    retriable: false,
    title: 'The body is not valid for this route',
    advice:
      'Send one JSON object with the fields of this route and no others. `detail` says what is wrong with the body; `field` names a field that is not known.',
  },
  INVALID_LINE: {
    status: 400,
    retriable: false,
    title: 'A line of the batch is not valid',
    advice: 'Correct the line that `line` names and send the whole batch again: nothing of it was appended.',
  },
  INVALID_PARAMETER: {
    status: 400,
    retriable: false,
    title: 'A parameter is not valid',
    advice:
      'Correct what `field` names: a part of the path, the query or a header. `detail` says what is allowed. A parameter that a route does not know is refused, never ignored.',
  },
  INVALID_WRITE_CONCERN: {
    status: 400,
    retriable: false,
    title: 'The write concern is not valid',
    advice: 'Send `majority`, `all`, or a whole number from 0 to `max` (the setting `MAX_SECONDARIES`).',
  },
  INVALID_IDEMPOTENCY_KEY: {
    status: 400,
    retriable: false,
    title: 'The idempotency key is not valid',
    advice: 'Send the header once, with 1 to 255 printable ASCII characters. In a batch, each line has its own `key`.',
  },
  UNAUTHENTICATED: {
    status: 401,
    retriable: false,
    title: 'No valid key or token',
    advice:
      'Send the API key as `x-token`, or as `Authorization: Bearer`. All nodes need the same keys: a request that a node passes on to the master is checked there again. Between nodes: all nodes need the same `CLUSTER_SECRET`, and wall clocks that differ by at most half a minute; one that steps while its node runs does no harm.',
  },
  FORBIDDEN: {
    status: 403,
    retriable: false,
    title: 'This key is not allowed on this route',
    advice: 'Use the admin key on an admin route. A service route takes only the token of a node, and no API key.',
  },
  NOT_FOUND: {
    status: 404,
    retriable: false,
    title: 'Not found',
    advice:
      'Nothing has this number, key or name yet. `detail` says where the log ends or where to look. A secondary may not have received it yet.',
  },
  HISTORY_CHANGED: {
    status: 409,
    retriable: false,
    title: 'The log no longer has this place',
    advice:
      'A change of master replaced messages that you know by other ones, or the log was restored from a backup. Continue after `shared`, the last place that both histories have, and undo what you did with the messages after it; `orphanSet` names where this node keeps them. [Places](api.md#places) says when `shared` is exact.',
  },
  WOULD_LOSE_MAJORITY: {
    status: 409,
    retriable: false,
    title: 'This would leave no majority',
    advice:
      'First bring members back or add some, until a majority of the remaining members is reachable. The master itself cannot be removed. If so many are gone for good that a majority is lost, `POST /cluster/promote` with `{"force": true}` at the master takes all of them out in one step.',
  },
  CHANGE_IN_PROGRESS: {
    status: 409,
    retriable: true,
    title: 'Another membership change is not committed yet',
    advice:
      'Repeat the request when the earlier change is committed. That usually takes a moment, but it needs a reachable majority of the members.',
  },
  ...NODE_ERROR_KINDS,
  NOT_A_MEMBER: {
    status: 409,
    retriable: true,
    title: 'The node is not a member',
    advice: 'Wait until `GET /secondaries` of the master shows the node as a member, or promote another member.',
  },
  NO_MAJORITY: {
    status: 409,
    retriable: true,
    title: 'No majority of the members answers',
    advice:
      'Bring members back until a majority answers. If they are gone for good, `{"force": true}` makes the node master without them, also where it is master already, and takes them out; the answer names what may be lost, and with `"dryRun": true` only that.',
  },
  FORCE_NOT_NEEDED: {
    status: 409,
    retriable: false,
    title: 'A majority answers',
    advice: 'Promote without `force`: with a majority of votes, no committed message is lost.',
  },
  TRANSFER_REFUSED: {
    status: 409,
    retriable: true,
    title: 'The living master refused the transfer',
    advice: 'Wait until the node to be promoted is HEALTHY and has caught up, then promote it again.',
  },
  PROMOTION_FAILED: {
    status: 409,
    retriable: true,
    title: 'The election was not won',
    advice: '`detail` says which node refused and why. Look at `GET /cluster` of the members, then promote again.',
  },
  LOG_DAMAGED: {
    status: 409,
    retriable: true,
    title: 'The log of the node is damaged',
    advice:
      'Promote another member: as soon as there is a master, this node quarantines the damaged segment and fetches its records again. If no other node has the log, [put the segment back](log-format.md#opening) from a copy. `segment` and `index` name the record.',
  },
  MASTER_ALIVE: {
    status: 409,
    retriable: false,
    title: 'There is a living master',
    advice:
      'Between nodes: a living master, and a member that hears one, refuse their vote, and the candidate becomes a secondary. To change the master, send `POST /cluster/promote` to the node that is to become master.',
  },
  FAILOVER_PAUSED: {
    status: 409,
    retriable: true,
    title: 'Automatic failover is paused',
    advice:
      'Between nodes: a member refuses its vote while an operator has paused automatic failover. End the pause with `POST /cluster/failover`, or send `POST /cluster/promote` to the node that is to become master.',
  },
  MESSAGE_TOO_LARGE: {
    status: 413,
    retriable: false,
    title: 'The message is too large',
    advice: 'Send at most `maxBytes`, or raise `MAX_MESSAGE_BYTES` on all nodes.',
  },
  BATCH_TOO_LARGE: {
    status: 413,
    retriable: false,
    title: 'The batch is too large',
    advice: 'Send the lines in several batches of at most `maxBytes` each: nothing of this one was appended.',
  },
  ADDRESS_UNREACHABLE: {
    status: 422,
    retriable: true,
    title: 'The address of the node does not answer',
    advice:
      'Set `ADVERTISED_URL` of the node to an address at which the master reaches it, and check the network between them. The node registers again by itself.',
  },
  KEY_REUSED: {
    status: 422,
    retriable: false,
    title: 'The idempotency key was used with another message',
    advice:
      'Use a new key for a new message: this key belongs to the message that `seq` names. Nothing was appended. A repeated message may differ in white space, the order of members and escapes; numbers have to be written alike, and a message that names a member twice has to come byte for byte.',
  },
  NOT_MASTER: {
    status: 307,
    retriable: true,
    title: 'This node is not the master',
    advice:
      'Between nodes: the caller goes to the master at `Location`. Nothing was done. Clients do not meet it: a node passes their requests on to the master.',
  },
  INTERNAL: {
    status: 500,
    retriable: true,
    title: 'The node had an internal error',
    advice:
      'Look for the request id (`instance`) in the logs of the node. Repeat a write only with its idempotency key: it may have been appended.',
  },
  CORRUPT_RECORD: {
    status: 500,
    retriable: false,
    title: 'A record on disk is damaged',
    advice:
      'Read from another node. A secondary repairs its log from the master; a master steps down and [leaves its log as it is](log-format.md#opening). `segment` and `index` name the record.',
  },
  NO_MASTER: {
    status: 503,
    retriable: true,
    title: 'No master is known',
    advice:
      'Repeat the request shortly. With `FAILOVER=auto` three members or more elect another master by themselves while a majority of them runs, and writes wait for it: `detail` says what was not possible. If there is still no master, start the node that was master again, or make another member master: `POST /cluster/promote`. See [A master that died](operations.md#a-master-that-died).',
  },
  NO_QUORUM: {
    status: 503,
    retriable: true,
    title: 'A majority of the members is unreachable',
    advice:
      'Bring members back: `GET /secondaries` says which are missing and why. A refused write is in no log. Repeat after `Retry-After`. If members are gone for good, `POST /cluster/promote` with `{"force": true}` at the master goes on without them; `"dryRun": true` says first what may be lost.',
  },
  OVERLOADED: {
    status: 503,
    retriable: true,
    title: 'Too much is in flight',
    advice: 'Repeat after `Retry-After`, with fewer requests at once. Nothing was appended.',
  },
  OUTCOME_UNKNOWN: {
    status: 504,
    retriable: false,
    title: 'It is not known whether the request was carried out',
    advice:
      'The connection to the master broke, and no master could say in time what became of the request. Look at `Location`: the receipt of the message, or where its batch begins if it is in the log. `retriable` is true where the same request does nothing twice: it had an idempotency key.',
  },
  NOT_READY: {
    status: 503,
    retriable: true,
    title: 'The node does not serve this yet',
    advice:
      'Repeat after `Retry-After`. The node is starting, looking for its master, catching up, or not the master that was asked for, or its disk is stalled; `detail` says which.',
  },
  SHUTTING_DOWN: {
    status: 503,
    retriable: true,
    title: 'The node is shutting down',
    advice: 'Ask another node, or this one again after `Retry-After`. A refused write is in no log.',
  },
  TOO_MANY_CONNECTIONS: {
    status: 503,
    retriable: true,
    title: 'The node has too many connections',
    advice:
      'Repeat after `Retry-After`, on fewer connections or at another node. Where clients are rightly so many, raise `MAX_CONNECTIONS`. A refused write is in no log.',
  },
  OUT_OF_RESOURCES: {
    status: 503,
    retriable: true,
    title: 'The node lacks file descriptors or memory',
    advice:
      'Repeat after `Retry-After`. Where it lasts, raise the limit of open files (`ulimit -n`), lower `MAX_CONNECTIONS`, or give the node more memory. A refused write is in no log.',
  },
  STORAGE_STALLED: {
    status: 503,
    retriable: true,
    title: 'The disk does not answer',
    advice:
      'Repeat after `Retry-After`: the node serves again by itself when its disk answers. A refused write is in no log. If it lasts, look at the disk, and promote another member: a master that cannot store is not asked to transfer its term.',
  },
  STORAGE_FULL: {
    status: 507,
    retriable: true,
    title: 'The disk is full',
    advice:
      'Free some space on the disk of the node: writing resumes by itself. Nothing was appended. Reads still work.',
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_KINDS;
