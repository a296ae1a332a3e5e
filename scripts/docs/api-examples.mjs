/**
 * What a request and its answer look like, route by route: one small story of a cluster of three. Each answer is held
 * against the schema of its route when the page is made, so that none can go stale unseen.
 */
const receipt = {
  seq: 42,
  index: 44,
  epoch: 3,
  key: 'order-7',
  timestamp: '2026-01-02T03:04:05.678Z',
  outcome: 'satisfied',
  duplicate: false,
  writeConcern: { requested: '1', secondaries: 1, copies: 2 },
  acks: [
    { node: 'master', role: 'master', ms: 0.4 },
    { node: 'secondary-1', role: 'secondary', ms: 0.7 },
  ],
};

const message = { seq: 42, epoch: 3, timestamp: receipt.timestamp, key: 'order-7', message: { paid: true } };

const healthy = {
  nodeId: 'secondary-1',
  url: 'http://secondary-1:8000',
  state: 'HEALTHY',
  since: '2026-01-02T03:00:00.000Z',
  reason: 'answers pings; link streaming',
  lastIndex: 44,
  lag: { records: 0, bytes: 0, ms: 0 },
};

const KEY = 'x-token: $API_KEY';

export const EXAMPLES = {
  'POST /messages/{wc}': [
    {
      text: 'One message on two disks:',
      path: '/messages/1',
      headers: [KEY, 'content-type: application/json', 'idempotency-key: order-7'],
      body: '{"message": {"paid": true}}',
      status: 201,
      answer: receipt,
    },
    {
      text: 'Three copies while a secondary is away, and half a second of patience:',
      path: '/messages/2?timeout=500',
      headers: [KEY, 'content-type: application/json'],
      body: '{"message": "hello"}',
      status: 202,
      answerHeaders: ['location: /messages/43/receipt?wc=2'],
      answer: {
        ...receipt,
        seq: 43,
        index: 45,
        key: null,
        outcome: 'pending',
        writeConcern: { requested: '2', secondaries: 2, copies: 3 },
      },
    },
    {
      text: 'A batch:',
      path: '/messages/majority',
      headers: [KEY, 'content-type: application/x-ndjson'],
      body: '{"message": "one"}\n{"message": "two", "key": "k-2"}',
      status: 201,
      answer: {
        seq: 44,
        index: 46,
        epoch: 3,
        timestamp: receipt.timestamp,
        outcome: 'satisfied',
        writeConcern: { requested: 'majority', secondaries: 1, copies: 2 },
        acks: receipt.acks,
        lastSeq: 45,
        lastIndex: 47,
        count: 2,
        appended: 2,
        duplicates: [],
      },
    },
  ],
  'GET /messages': [
    { path: '/messages?after=41&limit=1', headers: [KEY], status: 200, answer: { data: [message] } },
    {
      text: 'A live tail, resumed after message 41:',
      path: '/messages',
      headers: [KEY, 'accept: text/event-stream', 'last-event-id: 41'],
      status: 200,
      answerHeaders: ['content-type: text/event-stream; charset=utf-8'],
      answerText: `id: 42\nevent: message\ndata: ${JSON.stringify(message)}\n`,
    },
  ],
  'GET /messages/{seq}': [{ path: '/messages/42', headers: [KEY], status: 200, answer: message }],
  'GET /messages/{seq}/receipt': [
    {
      text: 'A wait that was cut off is resumed:',
      path: '/messages/43/receipt?wc=2&timeout=30000',
      headers: [KEY],
      status: 200,
      answer: {
        ...receipt,
        seq: 43,
        index: 45,
        key: null,
        writeConcern: { requested: '2', secondaries: 2, copies: 3 },
        acks: [...receipt.acks, { node: 'secondary-2', role: 'secondary', ms: 8210.3 }],
      },
    },
  ],
  'GET /receipts/{key}': [{ path: '/receipts/order-7?wc=1', headers: [KEY], status: 200, answer: receipt }],
  'GET /write-concern/{wc}': [
    {
      path: '/write-concern/2',
      headers: [KEY],
      status: 200,
      answer: {
        requested: '2',
        secondaries: 2,
        copies: 3,
        canBeMet: false,
        missing: [
          { nodeId: 'secondary-2', state: 'UNREACHABLE', reason: '3 pings missed: no answer; link backing off' },
        ],
        wait: { count: 128, p50Ms: 0.8, p99Ms: 4.1 },
      },
    },
  ],
  'GET /secondaries': [{ path: '/secondaries', headers: [KEY], status: 200, answer: { data: [healthy] } }],
  'DELETE /secondaries/{nodeId}': [
    { path: '/secondaries/secondary-2', headers: ['x-token: $ADMIN_API_KEY'], status: 204 },
  ],
  'GET /cluster': [
    {
      path: '/cluster',
      headers: [KEY],
      status: 200,
      answer: {
        clusterId: '5f1c6a0e-43c5-4f0b-9b52-0c1f6f3c7d11',
        nodeId: 'master',
        role: 'master',
        epoch: 3,
        master: { nodeId: 'master', url: 'http://master:8000' },
        members: [
          {
            ...healthy,
            nodeId: 'master',
            url: 'http://master:8000',
            state: 'MASTER',
            since: '2026-01-02T02:59:58.000Z',
            reason: 'holds office in epoch 3',
          },
          healthy,
        ],
        committed: 44,
        lastIndex: 44,
        lastSeq: 42,
        exposure: 0,
      },
    },
  ],
};
