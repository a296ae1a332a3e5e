import { ReplogError } from '@replog/contracts/errors.js';

/** The refusal of a node whose master, as far as it found one, is that of another cluster. */
export function foundForeign(found: string, own: string): ReplogError {
  const sentence =
    `The master found belongs to cluster ${found}, this node to ${own}. ` +
    'Point it at its own master, or give it an empty data directory.';
  return new ReplogError('FOREIGN_CLUSTER', sentence);
}
