import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '@replog/contracts/errors.js';
import { MEDIA } from '@replog/contracts/http.js';
import { ClusterInProcess } from '../support/cluster-in-process.js';
import type { NodeClient } from '../support/node-client.js';

describe('a request is repeated with the same idempotency key', () => {
  let cluster: ClusterInProcess;
  let client: NodeClient;
  beforeAll(async () => {
    cluster = await ClusterInProcess.start(1);
    ({ client } = cluster.master);
  });
  afterAll(() => cluster.end());

  it('gives the original receipt, also after a restart of the master, and waits for what is asked this time', async () => {
    const original = await client.append('pay', 0, { key: 'invoice-1' });
    expect([original.status, original.body.duplicate, original.body.key]).toEqual([201, false, 'invoice-1']);
    const { seq, timestamp } = original.body;

    await cluster.master.stop();
    await cluster.master.start();
    await cluster.ready(cluster.master);
    const repeated = await client.append('pay', 1, { key: 'invoice-1' });
    expect(repeated.status).toBe(200);
    expect(repeated.body).toMatchObject({ seq, timestamp, epoch: 1, duplicate: true, outcome: 'satisfied' });
    expect(repeated.body.acks.map((ack) => ack.node).sort()).toEqual(['master', 'secondary-1']);

    const pending = await client.append('pay', 2, { key: 'invoice-1', timeoutMs: 50 });
    expect([pending.status, pending.body.outcome, pending.body.duplicate]).toEqual([202, 'pending', true]);
    expect(pending.headers.get('location')).toBe(`/messages/${seq}/receipt?wc=2&epoch=1`);

    const waiting = client.append('pay', 2, { key: 'invoice-1' });
    await cluster.addSecondary();
    const higher = await waiting;
    expect([higher.status, higher.body.seq, higher.body.duplicate]).toEqual([200, seq, true]);
    expect(higher.body.acks).toHaveLength(3);
    expect(await client.messages()).toHaveLength(1);
  });

  it('refuses the key for another message, and takes JSON that says the same for the same', async () => {
    const message = { amount: 1, currency: 'EUR' };
    const { body: first } = await client.append(message, 0, { key: 'invoice-2' });
    const other = await client.append({ amount: 2, currency: 'EUR' }, 0, { key: 'invoice-2' });
    expect([other.status, other.body.code]).toEqual([422, 'KEY_REUSED']);
    const same = await client.append({ currency: 'EUR', amount: 1 }, 0, { key: 'invoice-2' });
    expect([same.status, same.body.seq]).toEqual([200, first.seq]);
  });

  it('refuses the key for a message that only looks alike, alone and in a batch', async () => {
    const lookalikes = [
      ['12345678901234567', '{"number":"12345678901234567"}'],
      ['12345678901234567', '12345678901234568'],
      ['{"pay":10,"pay":20}', '{"pay":99,"pay":20}'],
    ];
    const before = (await client.messages()).length;
    for (const [place, [stored, other]] of lookalikes.entries()) {
      const key = `alike-${place}`;
      const send = (message = '', type: string = MEDIA.json) =>
        client.request<Problem>('POST', '/messages/0', {
          headers: { 'content-type': type },
          body: `{"message":${message},"key":"${key}"}`,
        });
      expect((await send(stored)).status).toBe(201);
      for (const type of [MEDIA.json, MEDIA.ndjson]) {
        expect((await send(stored, type)).status).toBe(200);
        expect((await send(other, type)).body).toMatchObject({ status: 422, code: 'KEY_REUSED' });
      }
    }
    expect(await client.messages()).toHaveLength(before + lookalikes.length);
  });

  it('appends one message when many come at once', async () => {
    const before = (await client.messages()).length;
    const answers = await Promise.all(Array.from({ length: 8 }, () => client.append('at once', 1, { key: 'crowd' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
    expect(new Set(answers.map(({ body }) => body.seq)).size).toBe(1);
    expect(await client.messages()).toHaveLength(before + 1);
  });

  it('holds for the lines of a batch', async () => {
    const before = (await client.messages()).length;
    const lines = ['a', 'b', 'c'].map((name) => ({ message: name, key: `line-${name}` }));
    const first = await client.appendLines(lines, 1);
    expect([first.status, first.body.appended, first.body.seq]).toEqual([201, 3, before + 1]);

    const again = await client.appendLines(lines, 1);
    expect([again.status, again.body.appended]).toEqual([200, 0]);
    expect(again.body.duplicates.map(({ seq }) => seq)).toEqual([before + 1, before + 2, before + 3]);

    const mixed = await client.appendLines([{ message: 'd' }, { message: 'b', key: 'line-b' }], 1);
    expect([mixed.status, mixed.body.appended, mixed.body.seq]).toEqual([201, 1, before + 4]);
    expect(mixed.body.duplicates).toEqual([{ line: 2, seq: before + 2, epoch: first.body.epoch }]);

    const reused = await client.appendLines([{ message: 'e' }, { message: 'x', key: 'line-a' }], 1);
    expect([reused.status, reused.body.code, reused.body['line']]).toEqual([422, 'KEY_REUSED', 2]);
    expect((await cluster.agree()).map(({ message }) => message).slice(before)).toEqual(['a', 'b', 'c', 'd']);
  });
});
