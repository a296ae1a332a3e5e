/**
 * Is a repeated request the same message? Only white space between tokens, the order of members and the way a string is
 * escaped may differ. In doubt the answer is no: the client gets KEY_REUSED, whereas a wrong yes acknowledges a message
 * that was never stored.
 *
 * Numbers are compared as written, because they are stored as written: `1.50` and `1.5`, or `-0` and `0`, differ for some
 * readers. As doubles, even 9007199254740993 and 9007199254740992 would be equal.
 */
import { isDeepStrictEqual } from 'node:util';

/** What has to be marked before the text is parsed. An escape is matched so that the quote in it is passed over. */
const TOKEN = /\\.|"|:|-?\d[\d.eE+-]*/g;

/** Both must be JSON, nested no deeper than a message may be. */
export function sameMessage(one: Buffer, other: Buffer): boolean {
  if (one.equals(other)) return true;
  const exact = exactly(one);
  return exact !== null && isDeepStrictEqual(exact, exactly(other));
}

/**
 * The value with each number as a string of its text. Every other string, also the name of a member, begins with an `s`,
 * so no value that a client can send stands for another one. `null` if an object has a member twice: parsing keeps only
 * the last one.
 */
function exactly(payload: Buffer): unknown {
  let isInString = false;
  let members = 0;
  const marked = payload.toString('utf8').replace(TOKEN, (token) => {
    if (token === '"') {
      isInString = !isInString;
      return isInString ? '"s' : '"';
    }
    if (isInString) return token;
    if (token !== ':') return `"${token}"`;
    members += 1;
    return token;
  });
  const value = JSON.parse(marked) as unknown;
  // The value null is parsed as well: an array keeps it apart from "no exact value".
  return membersIn(value) === members ? [value] : null;
}

function membersIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let members = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const inner of Object.values(value)) members += membersIn(inner);
  return members;
}
