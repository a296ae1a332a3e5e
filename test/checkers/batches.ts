/**
 * A batch is one write: its messages stand together and in order. Of one that no majority was told to have, a change
 * of master may keep the first part and leave the rest behind, but never a part without what came before it.
 */
import { identityOf } from './history.js';
import type { NodeLog, Violation, Write } from './history.js';

/** `batches`: the lines of each, in their order. */
export function findTornBatches({ nodeId, messages }: NodeLog, batches: readonly (readonly Write[])[]): Violation[] {
  const seqOf = new Map(messages.map(({ message, seq }) => [identityOf(message), seq]));
  return batches.flatMap((lines): Violation[] => {
    const seqs = lines.map(({ message }) => seqOf.get(identityOf(message)) ?? null);
    const place = seqs.findIndex((seq, at) => at > 0 && isTorn(seqs[at - 1] ?? null, seq, lines[at] as Write));
    if (place < 0) return [];
    const sentence = `${nodeId} tore a batch at its line ${place + 1}: its lines stand at ${seqs.map(String).join(', ')}`;
    return [{ kind: 'torn-batch', nodeId, seq: seqs[place] ?? 0, sentence }];
  });
}

/** Without keys it was appended once, as one block; with keys what is missing may have been appended later. */
function isTorn(before: number | null, seq: number | null, { key }: Write): boolean {
  if (seq === null) return false;
  return before === null || (key === null ? seq !== before + 1 : seq <= before);
}
