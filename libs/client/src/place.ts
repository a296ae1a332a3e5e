/**
 * A place in a history: the number of a message, and the epoch of the master that appended it. After a change of master a
 * number alone may mean another message; a place never does. Keep the place of the last message you have worked through, and
 * go on from there.
 */
export interface Place {
  readonly seq: number;
  readonly epoch: number;
}

/** The place before the first message. Every log has it. */
export const BEGINNING: Place = Object.freeze({ seq: 0, epoch: 0 });

const PLACE = /^(\d{1,16})@(\d{1,10})$/;

/** A place as text, such as `42@3`. */
export function placeText({ seq, epoch }: Place): string {
  return `${seq}@${epoch}`;
}

/** The place that a text such as `42@3` names. Throws TypeError if it names none. */
export function parsePlace(text: string): Place {
  const [, seq, epoch] = PLACE.exec(text) ?? [];
  if (seq === undefined || epoch === undefined) {
    throw new TypeError(
      `${JSON.stringify(text)} is not a place: write the seq and the epoch of a message, as in 42@3.`,
    );
  }
  return { seq: Number(seq), epoch: Number(epoch) };
}
