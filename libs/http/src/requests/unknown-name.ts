/**
 * What a request may name: the parameters of its query, the members of its body. Any other name is refused, because a
 * misspelt one would be dropped in silence, and with it what the client asked for.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import { editCost, lettersOf } from '@replog/runtime/config/edit-cost.js';
import { quote } from './quote.js';

/** Most characters of an unknown member that are sent back as `field`. */
const MAX_FIELD_LENGTH = 60;

/** Says that there is no such name, which ones there are, and which one was probably meant. */
export function unknownName(what: 'parameter' | 'member', name: string, known: readonly string[]): string {
  const none = what === 'parameter' ? 'this route takes none in its query' : 'this route takes none';
  const there = known.length === 0 ? none : `known are ${known.join(', ')}`;
  const meant = nearest(name, known);
  const guess = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return `There is no ${what} ${quote(name)} here; ${there}.${guess}`;
}

/** The refusal of a body for a member that is not known. */
export function unknownMember(name: string, known: readonly string[]): ReplogError {
  const field = name.slice(0, MAX_FIELD_LENGTH);
  return new ReplogError('INVALID_BODY', unknownName('member', name, known), { extra: { field } });
}

function nearest(name: string, known: readonly string[]): string | undefined {
  const letters = lettersOf(name);
  return known
    .map((one) => ({ one, own: lettersOf(one) }))
    .filter(({ own }) => Math.abs(own.length - letters.length) <= 2)
    .map(({ one, own }) => ({ one, cost: editCost(letters, own), allowed: own.length < 5 ? 1 : 2 }))
    .filter(({ cost, allowed }) => cost <= allowed)
    .sort((left, right) => left.cost - right.cost)[0]?.one;
}
