/** A write before it is sent: one message or the lines of a batch, with keys or without. */
import type { Random } from '@replog/contracts/ports.js';
import type { Clients } from './clients.js';

/** Bytes of padding in a message, so that segments fill. */
const MAX_FILLING = 300;

export interface Line {
  readonly text: string;
  readonly key: string | null;
}

export type Draft = readonly Line[];

/** `random`: the random stream for this write. */
export function draftOf(
  clients: Clients,
  writer: string,
  { random, batchChance }: { readonly random: Random; readonly batchChance: number },
): Draft {
  const size = random.next() < batchChance ? 2 + Math.floor(random.next() * 4) : 1;
  const isKeyed = random.next() < 0.75;
  return Array.from({ length: size }, () => {
    const filling = 'x'.repeat(Math.floor(random.next() * MAX_FILLING));
    const text = clients.nextText(`${writer}${filling}`);
    return { text, key: isKeyed ? keyOf(text) : null };
  });
}

/** As a client sends it: NDJSON, in pieces that end anywhere, with a pause before each. */
export async function* bodyOf(
  draft: Draft,
  pieceBytes: number,
  pause: () => Promise<void>,
): AsyncGenerator<Buffer, void, undefined> {
  const lines = draft.map(({ text, key }) => `{"message":${text}${key === null ? '' : `,"key":"${key}"`}}\n`);
  const body = Buffer.from(lines.join(''));
  for (let at = 0; at < body.length; at += pieceBytes) {
    await pause();
    yield body.subarray(at, at + pieceBytes);
  }
}

function keyOf(text: string): string {
  return `key-${(JSON.parse(text) as { number: number }).number}`;
}
