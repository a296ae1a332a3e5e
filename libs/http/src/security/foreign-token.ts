import { ReplogError } from '@replog/contracts/errors.js';

/** A token speaks for the node that made it and for no other. */
export function foreignToken(tokenOf: string | undefined, named: string): ReplogError {
  return new ReplogError('FORBIDDEN', `The token was made by ${tokenOf ?? 'nobody'} and does not speak for ${named}.`);
}
