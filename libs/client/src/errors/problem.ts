/** The problem document (RFC 9457) in which a node says why it refuses a request. */
export interface Problem {
  readonly type?: string;
  readonly title?: string;
  readonly status: number;
  /** Stable: programs may decide by it. */
  readonly code: string;
  /** What happened, and what to do. */
  readonly detail: string;
  /** May the same request succeed later? */
  readonly retriable: boolean;
  /** The id of the request, as in the log of the node. */
  readonly instance?: string;
  /** Fields of the case. */
  readonly [extra: string]: unknown;
}

/** Not of Replog: something between the client and the node answered. */
export const FOREIGN_ANSWER = 'FOREIGN_ANSWER';

/** The problem in the body of an answer. A body that is no problem document gives one with the code `FOREIGN_ANSWER`. */
export function readProblem(status: number, text: string): Problem {
  const body = parsed(text);
  if (body !== null && typeof body['code'] === 'string') {
    const { code, detail, title, retriable } = body;
    return { ...body, status, code, detail: String(detail ?? title ?? code), retriable: retriable === true };
  }
  const said = text.trim() === '' ? 'without a body' : `with ${JSON.stringify(text.trim().slice(0, 200))}`;
  return {
    status,
    code: FOREIGN_ANSWER,
    detail: `Something that is no node of Replog answered ${status} ${said}: check the addresses and what stands between.`,
    retriable: status >= 500 || status === 408 || status === 429,
  };
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
