/**
 * Is a repeated request the same message? A client that retries may order keys or space tokens differently; that is
 * the same message. Where there is doubt the answer is no: the client then hears KEY_REUSED, whereas a wrong yes
 * would acknowledge a message that was never stored.
 */
import { isDeepStrictEqual } from 'node:util';

/** A string, or a number as written. Strings are matched to be passed over. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/** Longest number, in characters, that a double holds exactly enough to tell it from every other as short. */
const EXACT_LENGTH = 15;

export function sameMessage(one: Buffer, other: Buffer): boolean {
  return one.equals(other) || isDeepStrictEqual(valueOf(one), valueOf(other));
}

function valueOf(payload: Buffer): unknown {
  return JSON.parse(payload.toString('utf8').replace(STRING_OR_NUMBER, exactly));
}

/** Long numbers are compared as written: as doubles, 9007199254740993 and 9007199254740992 are one. */
function exactly(token: string): string {
  if (token.startsWith('"')) return token;
  return token.length > EXACT_LENGTH || /e/i.test(token) ? `{"number":"${token}"}` : token;
}
