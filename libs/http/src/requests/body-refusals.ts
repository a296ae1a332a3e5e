/** Refusals of a body by its type and size, without reading its content. The same with and without the framework. */
import type { Readable } from 'node:stream';

import { ReplogError } from '@replog/contracts/errors.js';

/** Room for the envelope around a message of `MAX_MESSAGE_BYTES`. A larger body is not read to its end. */
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

/**
 * Does the rest of a refused body stay unread, so that its connection ends with the answer? The body of a request that is
 * refused for its head is skipped, in the time a request may take, unless it is too long.
 */
export function isCutOff(body: Readable, { code }: ReplogError): boolean {
  return !body.readableEnded && (body.readableDidRead || code === 'MESSAGE_TOO_LARGE');
}

/** Throws UNSUPPORTED_ENCODING for a compressed body: no route decodes one. */
export function refuseEncoding(encoding: string | undefined): void {
  if (encoding === undefined || encoding.trim().toLowerCase() === 'identity') return;
  const sentence = `This node takes bodies as they are, without Content-Encoding: send it without ${JSON.stringify(encoding)}.`;
  throw new ReplogError('UNSUPPORTED_ENCODING', sentence);
}
