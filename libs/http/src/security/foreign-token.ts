import { ReplogError } from '@replog/contracts/errors.js';

/** A token is valid only for the node that made it. */
export function foreignToken(tokenOf: string | undefined, named: string): ReplogError {
  return new ReplogError('FORBIDDEN', `The token was made by ${tokenOf ?? 'nobody'} and is not valid for ${named}.`);
}
