import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MEDIA } from '@replog/contracts/http.js';
import type { Problem } from '@replog/contracts/errors.js';
import type { Receipt } from '@replog/contracts/views.js';
import { API_KEY, Cluster } from '../support/cluster.js';
import { EventTail, seqOfId } from '../support/event-tail.js';
import { eventually } from '../support/eventually.js';
import { SlowReader } from '../support/slow-reader.js';

/** More than what lies between two sockets holds: an answer of this size is not out before its client reads. */
const LONG_TEXT = 'x'.repeat(100_000);
const LONG_MESSAGES = 200;
const WAITING = 32;

describe('a shutdown', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    // Nobody takes its place: with automatic failover it would hand over first, and close its port.
    cluster = await Cluster.start(2, { SEGMENT_BYTES: '16MiB', FAILOVER: 'manual' });
    const messages = Array.from({ length: LONG_MESSAGES / 10 }, () => LONG_TEXT);
    for (let batch = 0; batch < 10; batch++) await cluster.master.client.appendBatch(messages, 'all');
  });
  afterAll(() => cluster.end());

  it('of the master settles waiting writes as pending, takes no new ones, ends tails, and loses nothing', async () => {
    const { master } = cluster;
    const { client } = master;
    const tail = await EventTail.open(master.url, API_KEY, { lastEventId: String(LONG_MESSAGES) });
    const reader = await SlowReader.open(`${master.url}/messages`, API_KEY, MEDIA.ndjson);
    // Sent first: it waits as well when the writes, which came after it, are in the tail.
    const resumed = client.get<Receipt>('/messages/1/receipt?wc=9&timeout=60000');
    const waiting = Promise.all(Array.from({ length: WAITING }, (_, number) => client.append(`waiting ${number}`, 9)));
    await eventually('all of them wait', () => tail.events.length === WAITING);

    master.signal('SIGTERM');
    const answers = await waiting;
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.outcome}`))).toEqual(new Set(['202 pending']));
    for (const { headers, body } of answers) expect(headers.get('location')).toContain(`/messages/${body.seq}/receipt`);
    expect((await resumed).body.outcome).toBe('pending');
    expect(await tail.ended).toBe(true);

    // One answer is on its way still: the port is open, and says what is going on.
    const late = await client.append('too late', 0);
    expect([late.status, late.body.code]).toEqual([503, 'SHUTTING_DOWN']);
    const ready = await client.get<Problem>('/healthcheck/ready');
    expect([ready.status, ready.body.code]).toEqual([503, 'SHUTTING_DOWN']);
    expect((await client.get('/healthcheck')).status).toBe(200);
    expect((await reader.lines(Number.POSITIVE_INFINITY))?.length).toBe(LONG_MESSAGES);
    expect(await master.exit).toEqual({ code: 0, signal: null });

    master.start();
    await cluster.ready(master);
    await cluster.allMembers();
    const messages = await cluster.agree();
    const texts = messages.slice(LONG_MESSAGES).map(({ message }) => message);
    expect([...texts].sort()).toEqual(Array.from({ length: WAITING }, (_, number) => `waiting ${number}`).sort());
  });

  it('of a secondary ends its tails in good order; they resume there when it is back', async () => {
    const [secondary] = cluster.secondaries as [(typeof cluster.secondaries)[number]];
    const after = LONG_MESSAGES + WAITING;
    const tail = await EventTail.open(secondary.url, API_KEY, { lastEventId: String(after) });
    await cluster.master.client.append('before', 'all');
    await eventually('the tail has told it', () => tail.events.length === 1);
    expect(await secondary.stop()).toEqual({ code: 0, signal: null });
    expect(await tail.ended).toBe(true);

    await cluster.master.client.append('meanwhile', 'majority');
    secondary.start();
    await cluster.ready(secondary);
    const resumed = await EventTail.open(secondary.url, API_KEY, { lastEventId: tail.lastEventId });
    await eventually('the tail goes on after what it had told', () => resumed.events.length === 1);
    expect(resumed.events.map(({ id }) => seqOfId(id))).toEqual([after + 2]);
    resumed.cut();
  });
});
