/** What is refused of a body whatever it says: its type and its size. The same with and without the framework. */
import { ReplogError } from '@replog/contracts/errors.js';

/** Room around a message of `MAX_MESSAGE_BYTES` for its envelope. What is larger still is not read to its end. */
const ENVELOPE_BYTES = 64 * 1024;

/** Most bytes of a JSON body. */
export function bodyLimitBytes(config: { readonly maxMessageBytes: number }): number {
  return config.maxMessageBytes + ENVELOPE_BYTES;
}

export function bodyTooLarge(cause?: unknown): ReplogError {
  const sentence = 'The body is larger than any message this node takes (MAX_MESSAGE_BYTES).';
  return new ReplogError('MESSAGE_TOO_LARGE', sentence, { cause });
}

export function unsupportedMediaType(cause?: unknown): ReplogError {
  const sentence = 'Send the body as application/json, or a batch as application/x-ndjson, and say so in Content-Type.';
  return new ReplogError('UNSUPPORTED_MEDIA_TYPE', sentence, { cause });
}
