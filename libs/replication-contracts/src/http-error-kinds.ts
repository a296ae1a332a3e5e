/** The errors of HTTP itself, whatever is asked for. A part of the table in `error-kinds.ts`. */

export interface ErrorKind {
  readonly status: number;
  readonly retriable: boolean;
  readonly title: string;
  /** What to do about it, in Markdown for `docs/errors.md`. */
  readonly advice: string;
}

export const HTTP_ERROR_KINDS = {
  MALFORMED_REQUEST: {
    status: 400,
    retriable: false,
    title: 'Not a valid HTTP/1.1 request',
    advice:
      'Use an HTTP client, and check what stands between it and the node. Earlier requests on the connection have their own answers.',
  },
  ROUTE_NOT_FOUND: {
    status: 404,
    retriable: false,
    title: 'There is no such route',
    advice: 'Check the path: `/docs` on every node lists the routes.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    retriable: false,
    title: 'This route does not take this method',
    advice: 'Use one of the methods in the header `Allow`.',
  },
  NOT_ACCEPTABLE: {
    status: 406,
    retriable: false,
    title: 'This route gives none of the accepted types',
    advice: 'Accept one of the types this route gives, or leave `Accept` out.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    retriable: true,
    title: 'The request did not arrive in time',
    advice: 'Send it again, faster, or raise `HEADERS_TIMEOUT` or `REQUEST_TIMEOUT`. Nothing of it was stored.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    retriable: false,
    title: 'The content type is not supported',
    advice: 'Send `application/json`, or `application/x-ndjson` for a batch, and say so in `Content-Type`.',
  },
  UNSUPPORTED_ENCODING: {
    status: 415,
    retriable: false,
    title: 'The content encoding is not supported',
    advice: 'Send the body uncompressed, and without `Content-Encoding`.',
  },
  EXPECTATION_UNKNOWN: {
    status: 417,
    retriable: false,
    title: 'The node does not know this expectation',
    advice: 'Send `Expect: 100-continue`, or leave the header out.',
  },
  HEAD_TOO_LARGE: {
    status: 431,
    retriable: false,
    title: 'The head of the request is too large',
    advice: 'Send fewer or shorter headers, or a shorter path: at most 16 KiB, and 2,000 header lines.',
  },
  METHOD_UNKNOWN: {
    status: 501,
    retriable: false,
    title: 'The node does not know this method',
    advice: 'Use a method that the route takes: `/docs` on every node lists the routes.',
  },
} as const satisfies Record<string, ErrorKind>;
