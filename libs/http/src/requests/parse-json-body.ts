import { isUtf8 } from 'node:buffer';

import { ReplogError } from '@replog/contracts/errors.js';

/** Parses the bytes of a body. Throws ReplogError INVALID_BODY that says what is wrong. */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new ReplogError('INVALID_BODY', 'The body is empty; a JSON object is needed.');
  if (!isUtf8(bytes)) throw new ReplogError('INVALID_BODY', 'The body is not valid UTF-8.');
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ReplogError('INVALID_BODY', `The body is not valid JSON: ${reason}`, { cause });
  }
}
