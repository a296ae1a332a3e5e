/**
 * Is a repeated request the same message? Only white space between tokens, the order of members and the way a string is
 * escaped may differ. In doubt the answer is no: the client gets KEY_REUSED, whereas a wrong yes acknowledges a message
 * that was never stored.
 *
 * Numbers are compared as written, because they are stored as written: `1.50` and `1.5`, or `-0` and `0`, differ for some
 * readers. As doubles, even 9007199254740993 and 9007199254740992 would be equal.
 */
import { isDeepStrictEqual } from 'node:util';

/** What has to be marked or rewritten before the text is parsed. */
const TOKEN = /\\u[\da-fA-F]{4}|\\.|%|"|:|-?\d[\d.eE+-]*/g;

const SHORT_ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

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
    if (isInString) return token.startsWith('\\') || token === '%' ? withoutEscape(token) : token;
    if (token !== ':') return `"${token}"`;
    members += 1;
    return token;
  });
  const value = JSON.parse(marked) as unknown;
  // The value null is parsed as well: an array keeps it apart from "no exact value".
  return membersIn(value) === members ? [value] : null;
}

/**
 * The character as it is, or `%` and its number where JSON needs an escape. `JSON.parse` must not see escapes in names: that of
 * Node.js 24.21 takes the second name of `{"s":1,"s\"":2}` for `s\` once it has read similar objects.
 */
function withoutEscape(token: string): string {
  const character = unescaped(token);
  if (character >= ' ' && !'"\\%'.includes(character)) return character;
  return `%${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function unescaped(token: string): string {
  if (token === '%') return token;
  const kind = token.charAt(1);
  return kind === 'u' ? String.fromCharCode(Number.parseInt(token.slice(2), 16)) : (SHORT_ESCAPES[kind] ?? kind);
}

function membersIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let members = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const inner of Object.values(value)) members += membersIn(inner);
  return members;
}
