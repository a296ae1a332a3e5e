/**
 * A batch is one write: its messages stand together and in order. Of one that no majority was told to have, a change
 * of master may keep the first part and leave the rest behind, but never a part without what came before it.
 */
import { identityOf } from './history.js';
import type { NodeLog, Violation, Write } from './history.js';

/** `batches`: the lines of each, in their order. `wasSetAside`: did a change of master leave it behind, as an orphan? */
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
 * Without keys it was appended once, as one block. With keys what is missing may have been appended later; and orphans
 * are appended again in parts, where a whole set is too much at once.
 */
function isTorn(before: number | null, seq: number | null, isOneBlock: boolean): boolean {
  if (seq === null) return false;
  return before === null || (isOneBlock ? seq !== before + 1 : seq <= before);
}
