/**
 * A batch is one write: its messages stand together and in order. A change of master may keep the first part of an
 * uncommitted batch and orphan the rest, but never keep a part without what came before it.
 */
import { identityOf } from './history.js';
import type { NodeLog, Violation, Write } from './history.js';

/** `batches`: the lines of each, in order. `wasSetAside`: did a change of master orphan it? */
export function findTornBatches(
  { nodeId, messages }: NodeLog,
  batches: readonly (readonly Write[])[],
  wasSetAside: (line: Write) => boolean = () => false,
): Violation[] {
  const seqOf = new Map(messages.map(({ message, seq }) => [identityOf(message), seq]));
  return batches.flatMap((lines): Violation[] => {
    const seqs = lines.map(({ message }) => seqOf.get(identityOf(message)) ?? null);
    const place = seqs.findIndex((seq, at) => {
      const line = lines[at] as Write;
      const isOneBlock = line.key === null && !wasSetAside(line);
      return at > 0 && isTorn(seqs[at - 1] ?? null, seq, isOneBlock);
    });
    if (place < 0) return [];
    const sentence = `${nodeId} tore a batch at its line ${place + 1}: its lines stand at ${seqs.map(String).join(', ')}`;
    return [{ kind: 'torn-batch', nodeId, seq: seqs[place] ?? 0, sentence }];
  });
}

/**
 * Without keys it was appended once, as one block. With keys the missing part may have been appended later. Orphans
 * are appended again in parts if a whole set is too big.
 */
function isTorn(before: number | null, seq: number | null, isOneBlock: boolean): boolean {
  if (seq === null) return false;
  return before === null || (isOneBlock ? seq !== before + 1 : seq <= before);
}
