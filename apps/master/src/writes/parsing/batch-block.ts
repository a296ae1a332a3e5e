/**
 * The messages of one text, from where they stand there into a block of drafts. They are noted first and copied when all
 * of them are known, once, into a block of just their size: what is kept of a batch is the batch and no more.
 */
import { encodedLength, writeDraft } from '@replog/contracts/encode-records.js';
import { RecordKind } from '@replog/contracts/record.js';
import type { ParsedMessage } from './parse-append-body.js';

export class BatchBlock {
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  /** Those that do not simply stand in the text, by their place among all. */
  private readonly others = new Map<number, ParsedMessage>();
  private bytes = 0;

  constructor(private readonly text: Buffer) {}

  get count(): number {
    return this.starts.length;
  }

  /** A message without a key that is bytes `start` to `end` of the text. Answers what it takes in the log. */
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
