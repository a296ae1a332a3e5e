import { Readable } from 'node:stream';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import { MasterChange } from '@replog/cluster/node/master-change.js';
import { ReplogError } from '@replog/contracts/errors.js';
import type { BatchReceipt, Receipt } from '@replog/contracts/views.js';
import type { Answer } from '@replog/http/fast-path/answer.js';
import { FastPath } from '@replog/http/fast-path/fast-path.js';
import type { RequestBody, RequestHead } from '@replog/http/fast-path/fast-path.js';
import type { ForwardRequest, MasterForward } from '@replog/http/forward/forward.port.js';
import { ApiKeys } from '@replog/http/security/api-keys.js';
import { ClientGate } from '@replog/http/security/client-gate.js';
import type { DamageReporter } from '@replog/log-store/damage-reporter.port.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';
import { SeededRandom } from '@replog/runtime/testing/seeded-random.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { CLIENT_KEY, testConfig } from '@replog/runtime/testing/test-config.js';
import { InflightBodies } from '@replog/http/requests/inflight-bodies.js';
import { createLogger } from '@replog/runtime/logging/logger.js';
import { ServiceTokens } from '@replog/runtime/tokens/service-tokens.js';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { MasterTerms } from '../term/master-terms.js';
import { ForwardedWrites } from './forwarded-writes.js';
import type { LiveEvent } from './live-receipt.js';
import { WriteService } from './write.service.js';
import type { WritePorts } from './write.service.js';

const RECEIPT: Receipt = {
  ...{ seq: 7, index: 9, epoch: 1, key: null, timestamp: '2026-01-01T00:00:00.000Z', outcome: 'satisfied' },
  ...{ duplicate: false, writeConcern: { requested: '0', secondaries: 0, copies: 1 }, acks: [] },
};
const BATCH_RECEIPT = { ...RECEIPT, lastSeq: 8, lastIndex: 10, count: 2, appended: 2, duplicates: [] } as BatchReceipt;
const PLACE = { seq: 7, index: 9, epoch: 1, key: null, timestampMs: 0 };
const GOOD = '{"message":"x"}';
const NDJSON = { 'content-type': 'application/x-ndjson' };
const LIVE = { accept: 'text/event-stream' };

async function* told(appended: object): AsyncGenerator<LiveEvent> {
  yield await Promise.resolve({ event: 'appended', data: appended });
}

describe('a write', () => {
  const appends = {
    append: vi.fn(),
    appendBatch: vi.fn(),
    place: vi.fn(),
    placeBatch: vi.fn(),
    settle: vi.fn(),
    settleBatch: vi.fn(),
  };
  const admission = { isOpen: true };
  const report = vi.fn<DamageReporter['report']>();
  const config = testConfig({ LOG_LEVEL: 'fatal', MAX_SECONDARIES: '4', SECONDARIES: '2' });
  const clock = new VirtualClock();
  const tokens = new ServiceTokens(config, clock);
  let isMaster: boolean;
  let change: MasterChange;
  let bodies: InflightBodies;
  let service: WriteService;

  beforeEach(() => {
    vi.clearAllMocks();
    appends.append.mockResolvedValue(RECEIPT);
    appends.appendBatch.mockResolvedValue(BATCH_RECEIPT);
    appends.place.mockResolvedValue({ subject: PLACE, isDuplicate: false });
    appends.placeBatch.mockResolvedValue({ first: PLACE, last: PLACE, appended: 1, duplicates: [] });
    appends.settle.mockResolvedValue(RECEIPT);
    appends.settleBatch.mockResolvedValue(BATCH_RECEIPT);
    admission.isOpen = true;
    isMaster = true;
    change = new MasterChange();
    bodies = new InflightBodies(config);
    const gate = new ClientGate(new ApiKeys(config), tokens);
    const logger = createLogger(config, { write: () => undefined });
    const ports = { config, logger, damage: { report }, node: { change } } as unknown as WritePorts;
    const fastPath = new FastPath(config, clock, new SeededRandom(1), logger, new NodeMetrics(), bodies);
    const forwarded = new ForwardedWrites({ forward }, new SeededRandom(1), other, bodies);
    service = new WriteService(ports, fastPath, gate, bodies, terms, forwarded);
    service.onModuleInit();
  });

  const forward = vi.fn<MasterForward['forward']>();
  const other = { store: { durable: { seq: 41 } } } as LocalNode;
  const term = { writes: { appends, admission, live: { tell: told } } };
  const terms = {
    get current() {
      return isMaster ? term : null;
    },
    require() {
      if (!isMaster) throw new ReplogError('NO_MASTER', 'There is no master.');
      return term;
    },
  } as unknown as MasterTerms;

  const headOf = (headers: Record<string, string> = {}, url = '/messages/0'): RequestHead => {
    const all = { 'content-type': 'application/json', 'x-token': CLIENT_KEY, ...headers };
    return { method: 'POST', url, headers: all, rawHeaders: Object.entries(all).flat() };
  };
  const answer = async (
    body: RequestBody | string,
    headers?: Record<string, string>,
    url?: string,
  ): Promise<Answer | null> => {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const route = service.prepare(headOf(headers, url));
    return (await route?.answer(bytes, { caller: null, requestId: 'r-1' })) ?? null;
  };
  const codeOf = (given: Answer | null): unknown =>
    (JSON.parse(String(given?.body)) as Partial<Record<string, unknown>>)['code'];
  const fieldsOf = ({ headers }: Answer): Record<string, string> =>
    Object.fromEntries(headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1] as string]] : [])));

  it('is answered with its receipt', async () => {
    const given = (await answer(GOOD, { 'idempotency-key': 'k' }, '/messages/majority?timeout=5')) as Answer;
    expect(given).toMatchObject({ status: 201, body: JSON.stringify(RECEIPT), mustClose: false });
    expect(fieldsOf(given)).toEqual({ 'content-type': 'application/json; charset=utf-8' });
    expect(appends.append).toHaveBeenCalledWith(
      { payload: Buffer.from('"x"'), key: 'k' },
      expect.objectContaining({ concern: 'majority', timeoutMs: 5 }),
      null,
    );
  });

  it('has the key of each request when many share one head', async () => {
    const route = service.prepare(headOf({ 'idempotency-key': 'first' }));
    for (const key of ['second', null])
      await route?.answer(Buffer.from(GOOD), { caller: null, requestId: 'r', idempotencyKey: key });
    expect(appends.append.mock.calls.map(([message]) => (message as { key: unknown }).key)).toEqual(['second', null]);
  });

  it('answers 200 for a duplicate, and 202 with an address if pending', async () => {
    appends.append.mockResolvedValueOnce({ ...RECEIPT, duplicate: true });
    expect((await answer(GOOD))?.status).toBe(200);
    appends.append.mockResolvedValueOnce({ ...RECEIPT, outcome: 'pending' });
    const pending = (await answer(GOOD)) as Answer;
    expect([pending.status, fieldsOf(pending)['location']]).toEqual([202, '/messages/7/receipt?wc=0&epoch=1']);
    appends.appendBatch.mockResolvedValueOnce({ ...BATCH_RECEIPT, outcome: 'pending' });
    const batch = (await answer(`${GOOD}\n${GOOD}`, NDJSON)) as Answer;
    expect([batch.status, fieldsOf(batch)['location']]).toEqual([202, '/messages/8/receipt?wc=0&epoch=1']);
    appends.appendBatch.mockResolvedValueOnce({ ...BATCH_RECEIPT, appended: 0 });
    expect((await answer(GOOD, NDJSON))?.status).toBe(200);
  });

  it('may be a batch in chunks, and releases its counted bytes', async () => {
    const given = await answer(Readable.from([`${GOOD}\n{"mess`, 'age":1}'].map(Buffer.from)), NDJSON);
    expect(given).toMatchObject({ status: 201, body: JSON.stringify(BATCH_RECEIPT) });
    expect(appends.appendBatch.mock.calls[0]?.[0]).toMatchObject({ drafts: { count: 2 }, keyed: null });
    expect(bodies.bytes).toBe(0);
  });

  it.each([
    [GOOD, {}, '{"seq":7,"index":9,"epoch":1,"duplicate":false}'],
    [`${GOOD}\n`, NDJSON, '{"lastSeq":7,"lastIndex":9,"epoch":1,"count":1}'],
  ])('is answered as an event stream', async (body, headers, appended) => {
    const given = (await answer(body, { ...headers, ...LIVE })) as Answer;
    expect([given.status, fieldsOf(given)['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
    const pieces = [];
    for await (const piece of given.body as AsyncIterable<string>) pieces.push(piece);
    expect(pieces).toEqual([`event: appended\ndata: ${appended}\n\n`]);
  });

  it('is read as a stream if its body or its answer is a stream, else as a buffer', () => {
    const bytesOf = (headers: Record<string, string>): number | undefined =>
      service.prepare(headOf(headers))?.maxBodyBytes;
    expect([bytesOf({}), bytesOf(NDJSON), bytesOf(LIVE)]).toEqual([bytesOf({ accept: '*/*' }), 0, 0]);
    expect(bytesOf({})).toBeGreaterThan(64 * 1024);
    expect(service.prepare(headOf({}, '/messages'))?.route).toBe('/messages');
    expect(service.prepare(headOf({}, '/messages/4'))?.route).toBe('/messages/:wc');
    expect(service.prepare(headOf({}, '/cluster'))).toBeNull();
  });

  it('is refused for its head with a normal answer', async () => {
    const given = (await answer(GOOD, {}, '/messages/9')) as Answer;
    expect(given).toMatchObject({ status: 400, mustClose: false });
    expect(JSON.parse(given.body as string)).toMatchObject({ code: 'INVALID_WRITE_CONCERN', instance: 'r-1' });
    expect(fieldsOf(given)['content-type']).toBe('application/problem+json; charset=utf-8');
    const unknown = (await answer(GOOD, { 'x-token': 'wrong' })) as Answer;
    expect([codeOf(unknown), fieldsOf(unknown)['www-authenticate']]).toEqual(['UNAUTHENTICATED', 'Bearer']);
    const token = await answer(GOOD, { 'x-token': '', authorization: `Bearer ${await tokens.issue()}` });
    expect(codeOf(token)).toBe('FORBIDDEN');
    expect(appends.append).not.toHaveBeenCalled();
  });

  it('is refused for its body', async () => {
    expect(codeOf(await answer(''))).toBe('INVALID_BODY');
    expect(codeOf(await answer('{"message":1,"key":"b"}', { 'idempotency-key': 'a' }))).toBe('INVALID_IDEMPOTENCY_KEY');
    expect(codeOf(await answer('nonsense', NDJSON))).toBe('INVALID_LINE');
  });

  it('closes the connection if it leaves the rest of the body unread', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const endless = (): Readable =>
      new Readable({
        read() {
          this.push(chunk);
        },
      });
    for (const headers of [{}, NDJSON]) {
      const given = await answer(endless(), headers);
      expect(given).toMatchObject({ status: 413, mustClose: true });
    }
    expect(await answer(endless(), { 'content-length': '999999999' })).toMatchObject({ status: 413, mustClose: true });
    // The rest of these bodies is skipped.
    expect(await answer(endless(), { 'x-token': '' })).toMatchObject({ status: 401, mustClose: false });
    expect(await answer(endless(), { ...NDJSON, 'content-length': '999999999' })).toMatchObject({ mustClose: false });
    expect(bodies.bytes).toBe(0);
  });

  it.each([{}, NDJSON])('has no answer if its client disconnects during the body', async (headers) => {
    const body = new Readable({ read: () => undefined });
    body.push('{"mess');
    const given = answer(body, headers);
    body.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
    expect(await given).toBeNull();
    expect(appends.append).not.toHaveBeenCalled();
    expect(bodies.bytes).toBe(0);
  });

  it('answers with the reason of a rejection, and reports a damaged record', async () => {
    appends.append.mockRejectedValueOnce(new ReplogError('OVERLOADED', 'Too much.', { retryAfterS: 1 }));
    const given = (await answer(GOOD)) as Answer;
    expect([given.status, codeOf(given), fieldsOf(given)['retry-after']]).toEqual([503, 'OVERLOADED', '1']);
    const damaged = new CorruptRecordError('first.log', 4, 17, 'crc');
    appends.append.mockRejectedValueOnce(damaged);
    expect(codeOf(await answer(GOOD))).toBe('CORRUPT_RECORD');
    expect(report).toHaveBeenCalledExactlyOnceWith(damaged, 'by a request');
    appends.append.mockRejectedValueOnce(new TypeError('x is not a function'));
    expect(codeOf(await answer(GOOD))).toBe('INTERNAL');
  });

  describe('on a node that is not master', () => {
    const FROM_MASTER: Answer = {
      status: 201,
      headers: ['x-replog-master', 'http://m2'],
      body: '{}',
      mustClose: false,
    };
    const passedOn = (): ForwardRequest => forward.mock.lastCall?.[0] as ForwardRequest;

    beforeEach(() => {
      isMaster = false;
      forward.mockReset();
      forward.mockResolvedValue(FROM_MASTER);
    });

    it('goes on to the master, under a key of its own or of this node', async () => {
      expect(service.isOpen).toBe(false);
      expect(await answer(GOOD, { 'idempotency-key': 'mine' }, '/messages/0?timeout=70')).toBe(FROM_MASTER);
      expect(passedOn()).toMatchObject({ key: 'mine', isRepeatable: true, isHeld: true, waitMs: 70, requestId: 'r-1' });
      expect(String(passedOn().body)).toBe(GOOD);
      expect(passedOn().unknown()).toMatchObject({
        ...{ code: 'OUTCOME_UNKNOWN', retriable: true },
        details: { location: '/receipts/mine' },
      });
      await answer('{"message":1,"key":"in body"}');
      expect(passedOn().key).toBe('in body');
      await answer(GOOD);
      const { key } = passedOn();
      expect(key).toMatch(/^forwarded-[0-9a-f-]{36}$/);
      expect(passedOn().unknown()).toMatchObject({ retriable: false, details: { location: `/receipts/${key}` } });
      expect(bodies.bytes).toBe(0);
    });

    it('is refused there already for its body', async () => {
      expect(codeOf(await answer('{"massage":1}'))).toBe('INVALID_BODY');
      expect(forward).not.toHaveBeenCalled();
    });

    it('is passed on as it comes if it is a batch, and only once', async () => {
      const body = Readable.from([Buffer.from(GOOD)]);
      expect(await answer(body, NDJSON)).toBe(FROM_MASTER);
      expect(passedOn()).toMatchObject({ key: null, isRepeatable: false, isHeld: true });
      expect([passedOn().body === body, body.readableDidRead]).toEqual([true, false]);
      expect(passedOn().unknown()).toMatchObject({ retriable: false, details: { location: '/messages?after=41' } });
      forward.mockImplementationOnce(() => Promise.resolve({ hasDoubt: !(isMaster = true) }));
      expect((await answer(Readable.from([Buffer.from(GOOD)]), NDJSON))?.status).toBe(201);
    });

    it('is appended here, under the same key, if this node becomes master meanwhile', async () => {
      forward.mockImplementation(() => Promise.resolve({ hasDoubt: (isMaster = true) }));
      expect((await answer(GOOD))?.status).toBe(201);
      const [message] = appends.append.mock.lastCall as [{ key: unknown }];
      expect(message.key).toBe(passedOn().key);
      // A refusal of this node says nothing about the attempt at the former master.
      const refusals = ['NO_QUORUM', 'KEY_REUSED'] as const;
      for (const [at, code] of ['OUTCOME_UNKNOWN', 'KEY_REUSED'].entries()) {
        isMaster = false;
        appends.append.mockRejectedValueOnce(new ReplogError(refusals[at] as 'NO_QUORUM', 'No.'));
        expect(codeOf(await answer(GOOD))).toBe(code);
      }
      forward.mockImplementation(() => Promise.resolve({ hasDoubt: !(isMaster = true) }));
      isMaster = false;
      appends.append.mockRejectedValueOnce(new ReplogError('NO_QUORUM', 'No.'));
      expect(codeOf(await answer(GOOD))).toBe('NO_QUORUM');
    });

    it('goes on to the new master if the term ends before it is appended; a batch that is read by then does not', async () => {
      isMaster = true;
      const ended = new ReplogError('NOT_MASTER', 'Over there.', { location: 'http://m2' });
      for (const refusal of [new ReplogError('NO_MASTER', 'It was the master.'), ended]) {
        appends.append.mockRejectedValueOnce(refusal);
        expect(await answer(GOOD)).toBe(FROM_MASTER);
      }
      appends.appendBatch.mockRejectedValueOnce(ended);
      expect(await answer(GOOD, NDJSON)).toMatchObject({ status: 503, body: expect.stringContaining('NO_MASTER') });
      expect(forward).toHaveBeenCalledTimes(2);
    });

    it('goes no further if another node has passed it on', async () => {
      const hop = { 'x-replog-forwarded-by': 's2' };
      for (const headers of [hop, { ...hop, ...NDJSON }]) expect(codeOf(await answer(GOOD, headers))).toBe('NO_MASTER');
      isMaster = true;
      appends.append.mockRejectedValueOnce(new ReplogError('NOT_MASTER', 'Over there.', { location: 'http://m2' }));
      expect(await answer(GOOD, hop)).toMatchObject({ status: 307 });
      expect(forward).not.toHaveBeenCalled();
    });

    it('says that its outcome is unknown if its events break off, and passes on whole events only', async () => {
      const events = async function* (): AsyncGenerator<Buffer> {
        yield* await Promise.resolve(['event: app', 'ended\ndata: {}\n\nevent: a'].map((text) => Buffer.from(text)));
        throw new Error('the connection broke');
      };
      forward.mockResolvedValue({ ...FROM_MASTER, status: 200, body: events() });
      const given = (await answer(GOOD, { ...LIVE, 'idempotency-key': 'k' })) as Answer;
      let text = '';
      for await (const piece of given.body as AsyncIterable<string>) text += piece;
      const [appended, unknown = ''] = text.split('event: unknown\ndata: ');
      expect(appended).toBe('event: appended\ndata: {}\n\n');
      expect(JSON.parse(unknown)).toMatchObject({
        code: 'OUTCOME_UNKNOWN',
        key: 'k',
        retriable: true,
        instance: 'r-1',
      });
    });
  });

  it('waits, unread, during a change of master, and then goes to the new master', async () => {
    change.update(true);
    expect(service.isOpen).toBe(false);
    const body = Readable.from([Buffer.from(GOOD)]);
    const gone = new Readable({ read: () => undefined });
    const [held, given] = [answer(body), answer(gone)];
    gone.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    expect(body.readableDidRead).toBe(false);
    change.update(false);
    expect([(await held)?.status, await given]).toEqual([201, null]);
    expect(service.isOpen).toBe(true);
    admission.isOpen = false;
    expect(service.isOpen).toBe(false);
  });
});
