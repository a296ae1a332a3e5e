/**
 * Is a repeated request the same message? A retry may order keys or space tokens differently and is still the same
 * message. In doubt the answer is no: the client gets KEY_REUSED, whereas a wrong yes acknowledges a message that was
 * never stored.
 */
import { isDeepStrictEqual } from 'node:util';

/** A string, or a number as written. Strings are matched only to skip them. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/** Up to this many characters, different numbers are different doubles. */
const EXACT_LENGTH = 15;

export function sameMessage(one: Buffer, other: Buffer): boolean {
  return one.equals(other) || isDeepStrictEqual(valueOf(one), valueOf(other));
}

function valueOf(payload: Buffer): unknown {
  return JSON.parse(payload.toString('utf8').replace(STRING_OR_NUMBER, exactly));
}

/** Long numbers are compared as written: as doubles, 9007199254740993 and 9007199254740992 are equal. */
function exactly(token: string): string {
  if (token.startsWith('"')) return token;
  return token.length > EXACT_LENGTH || /e/i.test(token) ? `{"number":"${token}"}` : token;
}
