/** A message is stored and given back byte for byte as it came: on every node, in every format, one by one or many. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MEDIA } from '@replog/contracts/http.js';
import type { MessageView, Receipt } from '@replog/contracts/views.js';
import { eventually } from '../support/eventually.js';
import { NodeInProcess } from '../support/node-in-process.js';

const MIB = 1024 * 1024;

/** The text of each message, as it is sent. */
const MESSAGES: readonly (readonly [what: string, text: string])[] = [
  ['a 0-byte string', '""'],
  ['null', 'null'],
  ['__proto__', '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"__proto__":2}'],
  ['lone surrogates', String.raw`"\ud800 \udc00 \uD83D"`],
  ['characters beyond ASCII', '"\u2028 ünïcödé 🦀 \\u0000"'],
  ['numbers no double holds', '[1e400,12345678901234567890,-0,1.0,0.1e-7]'],
  ['200 levels of nesting', `${'[{"a":'.repeat(100)}1${'}]'.repeat(100)}`],
  ['spaces and tabs between tokens', '{ "a" :\t[ 1 , 2 ] }'],
  ['what looks like frames and lines', String.raw`"data: x\n\nevent: y\r\n\u000a]}"`],
  ['1 MiB', `"${'x'.repeat(MIB - 2)}"`],
];

let master: NodeInProcess;
let secondary: NodeInProcess;
beforeAll(async () => {
  ({ master, secondary } = await NodeInProcess.pair());
});
afterAll(async () => {
  await secondary.end();
  await master.end();
});

it('takes them one by one, and as a batch', async () => {
  for (const [what, text] of MESSAGES) {
    const answer = await master.client.request<Receipt>('POST', '/messages/1', {
      headers: { 'content-type': MEDIA.json },
      body: `{"message":${text}}`,
    });
    expect([what, answer.status]).toEqual([what, 201]);
  }
  const batch = await master.client.request('POST', '/messages/1', {
    headers: { 'content-type': MEDIA.ndjson },
    body: MESSAGES.map(([, text]) => `{"message":${text}}\r\n`).join('\n'),
  });
  expect(batch).toMatchObject({ status: 201, body: { seq: 11, lastSeq: 20, count: 10 } });
});

describe.each(['master', 'secondary'])('on the %s', (role) => {
  const node = (): NodeInProcess => (role === 'master' ? master : secondary);
  const sent = [...MESSAGES, ...MESSAGES].map(([, text]) => text);

  it('gives them back in JSON and NDJSON', async () => {
    const lines = await read(node(), '/messages', MEDIA.ndjson);
    expect(lines.trimEnd().split('\n').map(messageOf)).toEqual(sent);
    const list = await read(node(), '/messages', MEDIA.json);
    expect(list).toBe(`{"data":[${lines.trimEnd().split('\n').join(',')}]}`);
    expect(() => JSON.parse(list) as unknown).not.toThrow();
  });

  it('gives them back as events, and one by one', async () => {
    const events = await read(node(), `/messages?limit=${sent.length}`, MEDIA.eventStream);
    const data = events.split('\n\n').flatMap((event) => /^data: ([^\n]*)$/m.exec(event)?.[1] ?? []);
    expect(data.map(messageOf)).toEqual(sent);
    for (const [place, text] of MESSAGES.entries()) {
      expect(messageOf(await read(node(), `/messages/${place + 1}`, MEDIA.json))).toBe(text[1]);
    }
  });
});

it('pollutes nothing', () => {
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

/** The text as it came, never parsed. The secondary may be a moment behind in what it shows. */
async function read({ client }: NodeInProcess, path: string, accept: string): Promise<string> {
  await eventually('all is durable here', async () => (await client.cluster()).lastSeq === 2 * MESSAGES.length);
  const answer = await fetch(`${client.url}${path}`, { headers: { 'x-token': 'a-client-key', accept } });
  expect(answer.headers.get('content-type')).toContain(accept);
  return answer.text();
}

function messageOf(text: string): string {
  return /^\{"seq":\d+,"epoch":1,"timestamp":"[^"]+","key":null,"message":(.*)\}$/s.exec(text)?.[1] ?? `no: ${text}`;
}

it('reach a node whose limits are smaller by now, however large they are', async () => {
  const large = await NodeInProcess.master({ MAX_MESSAGE_BYTES: '8MiB', SEGMENT_BYTES: '16MiB' });
  const text = 'x'.repeat(5 * MIB);
  expect((await large.client.append(text, 0)).status).toBe(201);
  const small = await NodeInProcess.secondaryOf(large, 'small', { MAX_MESSAGE_BYTES: '1KiB', SEGMENT_BYTES: '128KiB' });
  try {
    await eventually('it has the message', async () => (await small.client.get('/messages/1')).status === 200);
    expect((await small.client.get<MessageView>('/messages/1')).body.message).toBe(text);
  } finally {
    await small.end();
    await large.end();
  }
});
