/**
 * The closed table of everything a node refuses: a stable code, the HTTP status it travels with, whether the same
 * request may succeed later, a title, and what to do about it in general. The sentence for the case at hand comes with
 * each error. `docs/errors.md` is generated from here.
 */

interface ErrorKind {
  readonly status: number;
  readonly retriable: boolean;
  readonly title: string;
  /** What to do about it: Markdown, as it stands in `docs/errors.md`. */
  readonly advice: string;
}

export const ERROR_KINDS = {
  INVALID_BODY: {
    status: 400,
    retriable: false,
    title: 'The body is not what this route takes',
    advice:
      'Send one JSON object with the fields this route takes; `detail` says what is wrong with the one that came.',
  },
  INVALID_LINE: {
    status: 400,
    retriable: false,
    title: 'A line of the batch is not valid',
    advice: 'Mend the line that `line` names and send the whole batch again: nothing of it was appended.',
  },
  INVALID_PARAMETER: {
    status: 400,
    retriable: false,
    title: 'A parameter is not valid',
    advice: 'Mend what `field` names: a part of the path, the query or a header; `detail` says what is allowed.',
  },
  INVALID_WRITE_CONCERN: {
    status: 400,
    retriable: false,
    title: 'The write concern is not valid',
    advice: 'Ask for `majority`, `all`, or a whole number from 0 to `max`, which is `MAX_SECONDARIES`.',
  },
  INVALID_IDEMPOTENCY_KEY: {
    status: 400,
    retriable: false,
    title: 'The idempotency key is not valid',
    advice: 'Send 1 to 255 printable ASCII characters, once. The lines of a batch bring their own, as `key`.',
  },
  UNAUTHENTICATED: {
    status: 401,
    retriable: false,
    title: 'No valid key or token',
    advice:
      'Send the API key as `x-token`, or as `Authorization: Bearer`. Between nodes: all need the same `CLUSTER_SECRET` and clocks that agree to half a minute.',
  },
  FORBIDDEN: {
    status: 403,
    retriable: false,
    title: 'This key does not open this route',
    advice: 'Use the admin key on an admin route. A service route opens to the token of a node and to no key at all.',
  },
  NOT_FOUND: {
    status: 404,
    retriable: false,
    title: 'There is nothing here',
    advice:
      'Nothing has this number, key or name yet; `detail` says how far the log reaches or where to look. On a secondary it may still be on its way.',
  },
  ROUTE_NOT_FOUND: {
    status: 404,
    retriable: false,
    title: 'There is no such route',
    advice: 'Check the path: `/docs` on every node lists what there is.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    retriable: false,
    title: 'This route does not take this method',
    advice: 'Use one of the methods in the header `Allow`.',
  },
  NOT_ACCEPTABLE: {
    status: 406,
    retriable: false,
    title: 'None of the accepted types can be given',
    advice: 'Accept one of the types this route gives, or leave `Accept` out.',
  },
  WOULD_LOSE_MAJORITY: {
    status: 409,
    retriable: false,
    title: 'This would leave no majority',
    advice:
      'First bring back, or add, so many members that a majority of those that stay is reachable. The master itself cannot be taken out.',
  },
  CHANGE_IN_PROGRESS: {
    status: 409,
    retriable: true,
    title: 'Another membership change is not committed yet',
    advice:
      'Repeat the request when the change before it is committed: as a rule at once, else when a majority of the members is reachable.',
  },
  FOREIGN_CLUSTER: {
    status: 409,
    retriable: false,
    title: 'The node belongs to another cluster',
    advice:
      'Point the node at the master of its own cluster, or give it an empty data directory to let it join this one.',
  },
  PROTOCOL_UNKNOWN: {
    status: 409,
    retriable: false,
    title: 'The protocol version is not known here',
    advice:
      'Between nodes: run builds on all nodes that are at most one release apart. Upgrade one node after the other, the master last. `oldest` and `newest` say what this node speaks.',
  },
  NODE_ID_TAKEN: {
    status: 409,
    retriable: false,
    title: 'Another living node has this node id',
    advice: 'Give the node another `NODE_ID`, or stop the node that lives under this one.',
  },
  NODE_REMOVED: {
    status: 409,
    retriable: false,
    title: 'The node was taken out for good',
    advice: 'Give the node an empty data directory: as a new incarnation it may join again.',
  },
  TOO_MANY_SECONDARIES: {
    status: 409,
    retriable: false,
    title: 'The cluster is full',
    advice: 'Take a member out with `DELETE /secondaries/{nodeId}`, or raise `MAX_SECONDARIES`.',
  },
  STALE_EPOCH: {
    status: 409,
    retriable: false,
    title: 'The epoch is over',
    advice:
      'Between nodes: whoever holds to an epoch that is over is not the master any more, and becomes a secondary by itself. `GET /cluster` of the others names the master of today.',
  },
  EPOCH_TAKEN: {
    status: 409,
    retriable: true,
    title: 'The epoch is promised to another candidate',
    advice: 'Between nodes: the candidate stands again for a higher epoch, by itself, unless the other one has won.',
  },
  NOT_A_MEMBER: {
    status: 409,
    retriable: true,
    title: 'The node is no member',
    advice: 'Wait until `GET /secondaries` of the master shows the node as a member, or promote one that is.',
  },
  NO_MAJORITY: {
    status: 409,
    retriable: true,
    title: 'No majority of the members answers',
    advice:
      'Bring members back until a majority answers. Where they are gone for good, `{"force": true}` takes office without them; the answer names what may be lost.',
  },
  FORCE_NOT_NEEDED: {
    status: 409,
    retriable: false,
    title: 'A majority is at hand',
    advice: 'Promote without `force`: with a majority nothing acknowledged by one is lost.',
  },
  TRANSFER_REFUSED: {
    status: 409,
    retriable: true,
    title: 'The living master did not hand over',
    advice: 'Wait until the node to be promoted is HEALTHY and has caught up, then promote it again.',
  },
  PROMOTION_FAILED: {
    status: 409,
    retriable: true,
    title: 'Office was not taken',
    advice: '`detail` says who refused and why. Look at `GET /cluster` of the members, then promote again.',
  },
  LOG_DAMAGED: {
    status: 409,
    retriable: true,
    title: 'The log of the node is damaged',
    advice:
      'Promote another member: as soon as there is a master, this node takes the damaged segment out of use and gets it anew. Where nobody else has the log, [put the segment back](log-format.md#opening) from a copy. `segment` and `index` name the record.',
  },
  MASTER_ALIVE: {
    status: 409,
    retriable: false,
    title: 'A living master holds office',
    advice:
      'Between nodes: a master in office votes no epoch to a candidate, which becomes its secondary instead. To change the master, `POST /cluster/promote` on the node that is to be it.',
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
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    retriable: false,
    title: 'The content type is not supported',
    advice: 'Send `application/json`, or a batch as `application/x-ndjson`, and say so in `Content-Type`.',
  },
  ADDRESS_UNREACHABLE: {
    status: 422,
    retriable: true,
    title: 'The address given does not answer',
    advice:
      'Set `ADVERTISED_URL` of the node to an address at which the master reaches it, and check what stands between them. The node registers again by itself.',
  },
  KEY_REUSED: {
    status: 422,
    retriable: false,
    title: 'The idempotency key was used with another message',
    advice: 'Use a new key for a new message: this one stands for the message that `seq` names. Nothing was appended.',
  },
  NOT_MASTER: {
    status: 307,
    retriable: true,
    title: 'This node is not the master',
    advice: 'Follow `Location` to the master, with the same method, body and key. Nothing was appended.',
  },
  INTERNAL: {
    status: 500,
    retriable: true,
    title: 'The node met an error of its own',
    advice:
      'Look in the log of the node for the request id in `instance`. Repeat a write only with its idempotency key: whether it was appended is not known.',
  },
  CORRUPT_RECORD: {
    status: 500,
    retriable: false,
    title: 'A record on disk is damaged',
    advice:
      'Read from another node. A secondary repairs itself from the master; a master gives up office and [leaves its log as it is](log-format.md#opening). `segment` and `index` name the record.',
  },
  NO_MASTER: {
    status: 503,
    retriable: true,
    title: 'No master is known',
    advice:
      'Repeat the request shortly. Where it stays so, too few members live to put a master into office: start them.',
  },
  NO_QUORUM: {
    status: 503,
    retriable: true,
    title: 'A majority of the members is unreachable',
    advice:
      'Bring members back: `GET /secondaries` says who is missing and why. A write that was refused is in no log. Repeat after `Retry-After`.',
  },
  OVERLOADED: {
    status: 503,
    retriable: true,
    title: 'Too much is in flight',
    advice: 'Repeat after `Retry-After`, and send less at once. Nothing was appended.',
  },
  NOT_READY: {
    status: 503,
    retriable: true,
    title: 'The node does not serve this yet',
    advice:
      'Repeat after `Retry-After`: the node is starting, looking for its master or catching up, as `detail` says.',
  },
  SHUTTING_DOWN: {
    status: 503,
    retriable: true,
    title: 'The node is shutting down',
    advice: 'Ask another node, or this one again after `Retry-After`. A write that was refused is in no log.',
  },
  STORAGE_FULL: {
    status: 507,
    retriable: true,
    title: 'The disk is full',
    advice:
      'Free some space on the disk of the node: writing resumes by itself. Reads go on, and nothing was appended.',
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_KINDS;
