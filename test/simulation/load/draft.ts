/** A write before it is sent: one message or the lines of a batch, with keys or without. */
import type { Clients } from './clients.js';

/** Bytes of filling a message may have, so that segments fill. */
const MAX_FILLING = 300;

export interface Line {
  readonly text: string;
  readonly key: string | null;
}

export type Draft = readonly Line[];

export function draftOf(clients: Clients, writer: string): Draft {
  const { random } = clients;
  const size = random.next() < 0.2 ? 2 + Math.floor(random.next() * 4) : 1;
  const isKeyed = random.next() < 0.75;
  return Array.from({ length: size }, () => {
    const filling = 'x'.repeat(Math.floor(random.next() * MAX_FILLING));
    const text = clients.nextText(`${writer}${filling}`);
    return { text, key: isKeyed ? keyOf(text) : null };
  });
}

/** As a client sends it: NDJSON, in pieces that end anywhere. */
export async function* bodyOf(draft: Draft, pieceBytes: number): AsyncGenerator<Buffer, void, undefined> {
  const lines = draft.map(({ text, key }) => `{"message":${text}${key === null ? '' : `,"key":"${key}"`}}\n`);
  const body = Buffer.from(lines.join(''));
  for (let at = 0; at < body.length; at += pieceBytes) {
    yield await Promise.resolve(body.subarray(at, at + pieceBytes));
  }
}

function keyOf(text: string): string {
  return `key-${(JSON.parse(text) as { number: number }).number}`;
}
