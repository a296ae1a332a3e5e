/**
 * Requests that are refused before a route is looked for: for their head, or because they are no HTTP/1.1 requests at
 * all. `node:http` would answer some of them itself, without a problem document.
 */
import type { IncomingMessage } from 'node:http';
import { maxHeaderSize } from 'node:http';

import { ReplogError } from '@replog/contracts/errors.js';

/** `node:http` drops the lines above its limit silently, so a request with more lines than this is refused. */
export const MAX_HEADER_LINES = 2_000;

/** What `node:http` says about bytes that it cannot read. */
export interface ParseError extends Error {
  readonly code?: string;
  readonly reason?: string;
  readonly rawPacket?: Buffer;
  readonly bytesParsed?: number;
}

/** `null`: the head is good. */
export function refusalOfHead(request: IncomingMessage): ReplogError | null {
  // Names and values in turn.
  if (request.rawHeaders.length > 2 * MAX_HEADER_LINES) return tooManyLines();
  if (request.httpVersion === '1.1' && request.headers.host === undefined) return malformed('there is no Host header');
  return null;
}

/** `null`: the connection is broken, and no answer arrives any more. */
export function refusalOfBytes(error: ParseError): ReplogError | null {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return headTooLarge(`The head of the request has more than ${maxHeaderSize} bytes.`);
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new ReplogError(
        'MESSAGE_TOO_LARGE',
        'The chunks of the body have too many extensions: send them without.',
      );
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ReplogError(
        'REQUEST_TIMEOUT',
        'The request did not arrive in time (HEADERS_TIMEOUT, REQUEST_TIMEOUT). Nothing of it was stored; send it again.',
      );
    case 'HPE_INVALID_METHOD':
      return hasRequestLine(error) ? unknownMethod() : malformed(error.reason ?? error.message);
    default:
      return error.code?.startsWith('HPE_') === true ? malformed(error.reason ?? error.message) : null;
  }
}

export function unknownExpectation({ headers }: IncomingMessage): ReplogError {
  const sentence = `This node knows only Expect: 100-continue, not ${JSON.stringify(headers.expect)}.`;
  return new ReplogError('EXPECTATION_UNKNOWN', sentence);
}

export function unknownMethod(): ReplogError {
  return new ReplogError('METHOD_UNKNOWN', 'No route of this node takes this method. /docs lists what there is.');
}

function tooManyLines(): ReplogError {
  return headTooLarge(`The request has more than ${MAX_HEADER_LINES} header lines.`);
}

function headTooLarge(sentence: string): ReplogError {
  return new ReplogError('HEAD_TOO_LARGE', `${sentence} Send fewer or shorter headers, and a shorter path.`);
}

/** `reason`: what is wrong with it. */
export function malformed(reason: string): ReplogError {
  const sentence = `This is not a valid HTTP/1.1 request: ${reason}. Nothing of it was stored, and the connection is closed.`;
  return new ReplogError('MALFORMED_REQUEST', sentence);
}

/** Did the parser stop in the method of what looks like a request? */
function hasRequestLine({ rawPacket, bytesParsed = 0 }: ParseError): boolean {
  const text = rawPacket?.toString('latin1') ?? '';
  const begun = /[\w-]*$/.exec(text.slice(0, bytesParsed))?.[0] ?? '';
  return /^[\w-]+ \S+ HTTP\/1\.[01]\r\n/.test(begun + text.slice(bytesParsed));
}
