import { isUtf8 } from 'node:buffer';

import { ReplogError } from '@replog/contracts/errors.js';

import { MAX_NESTING, countKept, countMembers, nestsDeeper } from './json-shape.js';

/**
 * Parses the bytes of a body. Throws ReplogError INVALID_BODY that says what is wrong: also for a member that is named twice,
 * of which `JSON.parse` would keep the last without a word.
 */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new ReplogError('INVALID_BODY', 'The body is empty; a JSON object is needed.');
  if (!isUtf8(bytes)) throw new ReplogError('INVALID_BODY', 'The body is not valid UTF-8.');
  if (nestsDeeper(bytes, MAX_NESTING)) {
    throw new ReplogError('INVALID_BODY', `The body is nested more than ${MAX_NESTING} levels deep.`);
  }
  const value = parse(bytes);
  if (countMembers(bytes) > countKept(value)) {
    throw new ReplogError('INVALID_BODY', 'A member of the body is named twice: send each once.');
  }
  return value;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ReplogError('INVALID_BODY', `The body is not valid JSON: ${reason}`, { cause });
  }
}
