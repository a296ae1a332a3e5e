import { ReplogError } from '@replog/contracts/errors.js';

import { parseJsonBody } from './parse-json-body.js';

/** The JSON object in a body. A missing body counts as an empty object, so that the error names the missing field. */
export function readObject(body: unknown): object {
  if (body === undefined) return {};
  if (!Buffer.isBuffer(body)) {
    throw new ReplogError('UNSUPPORTED_MEDIA_TYPE', 'This route takes a body of application/json.');
  }
  const value = parseJsonBody(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ReplogError('INVALID_BODY', 'The body must be a JSON object.');
  }
  return value;
}
