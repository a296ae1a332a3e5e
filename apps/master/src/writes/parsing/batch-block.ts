/**
 * Copies the messages of one text into a block of drafts. It notes their positions first and copies them once, into a
 * block of exactly their size, so a batch keeps no spare memory.
 */
import { encodedLength, writeDraft } from '@replog/contracts/encode-records.js';
import { RecordKind } from '@replog/contracts/record.js';
import type { ParsedMessage } from './parse-append-body.js';

export class BatchBlock {
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  /** Messages that cannot be copied from the text as they are, by their number among all. */
  private readonly others = new Map<number, ParsedMessage>();
  private bytes = 0;

  constructor(private readonly text: Buffer) {}

  get count(): number {
    return this.starts.length;
  }

  /** A message without a key at bytes `start` to `end` of the text. Returns its size in the log. */
  note(start: number, end: number): number {
    this.starts.push(start);
    this.ends.push(end);
    return this.add(encodedLength(0, end - start));
  }

  noteOther(message: ParsedMessage): number {
    this.others.set(this.count, message);
    this.starts.push(0);
    this.ends.push(message.payload.length);
    return this.add(encodedLength(message.key?.length ?? 0, message.payload.length));
  }

  build(): Buffer {
    const block = Buffer.allocUnsafe(this.bytes);
    const { text, starts, ends, others } = this;
    let at = 0;
    for (let place = 0; place < starts.length; place++) {
      const other = others.size === 0 ? undefined : others.get(place);
      const { key, payload } = other ?? { key: null, payload: text };
      at = writeDraft(block, at, RecordKind.Message, key, payload, starts[place], ends[place]);
    }
    return block;
  }

  private add(bytes: number): number {
    this.bytes += bytes;
    return bytes;
  }
}
