/** Limits for what nodes say about themselves. */
import { ValidateBy } from 'class-validator';

export const MAX_PORT = 65_535;
const MAX_URL_LENGTH = 512;
const PLAIN_ADDRESS = /^https?:\/\/[^/?#@\\\s]+\/?$/;

/** The address of a node: paths are put behind it, and it is shown to clients, so it has no path, query or user. */
export function isNodeUrl(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > MAX_URL_LENGTH) return false;
  return PLAIN_ADDRESS.test(value) && URL.canParse(value);
}

export function IsNodeUrl(): PropertyDecorator {
  const allowed = 'an http:// or https:// address without path, query or user, such as http://10.0.0.7:8000';
  return ValidateBy({
    name: 'isNodeUrl',
    validator: { validate: isNodeUrl, defaultMessage: () => `$property must be ${allowed}` },
  });
}
