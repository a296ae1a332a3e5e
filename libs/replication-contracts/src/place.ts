/**
 * A place in a history: the number of a message, and the epoch of the master that appended it. Two logs that both have a
 * place are equal up to it. A number alone names another message after a change of master.
 */
export interface Place {
  readonly seq: number;
  readonly epoch: number;
}

/** Before the first message: every history begins here. */
export const BEGINNING: Place = Object.freeze({ seq: 0, epoch: 0 });

/** A place as a client may give it. Without an epoch it is the number alone, in whatever history. */
export interface AskedPlace {
  readonly seq: number;
  readonly epoch: number | null;
}

/** Between seq and epoch in the text of a place: `42@3` is message 42 of epoch 3. */
export const PLACE_SEPARATOR = '@';

export function placeText({ seq, epoch }: Place): string {
  return `${seq}${PLACE_SEPARATOR}${epoch}`;
}
