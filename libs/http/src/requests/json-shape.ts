/**
 * What `JSON.parse` does not tell, found in the bytes: how deep they nest, before time and memory are spent on parsing
 * them, and how many members they name. Both take any bytes, and read each of them once at most.
 */
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Deepest nesting of a message, and of any other body. Common JSON parsers fail between 500 and a few thousand levels. */
export const MAX_NESTING = 500;

/** Do arrays and objects nest more than `levels` deep? Stops at the first that does. */
export function nestsDeeper(json: Buffer, levels: number): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === QUOTE) at = endOfString(json, at);
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      depth += 1;
      if (depth > levels) return true;
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth -= 1;
  }
  return false;
}

/** The members of all objects in valid JSON, as written: `JSON.parse` keeps only the last of those with the same name. */
export function countMembers(json: Buffer): number {
  let members = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === QUOTE) at = endOfString(json, at);
    else if (byte === COLON) members += 1;
  }
  return members;
}

/** The same for what `JSON.parse` made of it. */
export function countKept(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum: number, inner) => sum + countKept(inner), own);
}

/** The closing quote, or the end of the bytes. */
function endOfString(json: Buffer, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}
