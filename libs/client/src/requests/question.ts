/** One request, whichever node gets it. */
import type { Aim } from './node-choice.js';

export interface Question {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly accept: string;
  readonly body?: { readonly type: string; readonly text: string };
  readonly aim: Aim;
  readonly isAppend?: boolean;
  /** The node may wait so long before it answers, because it was asked to. */
  readonly waitMs?: number;
}

export interface Bounds {
  readonly signal?: AbortSignal | undefined;
  /** How long the request is repeated; `Infinity`: until the signal ends it. */
  readonly patienceMs: number;
}

export const JSON_TYPE = 'application/json';
export const NDJSON_TYPE = 'application/x-ndjson';
export const EVENTS_TYPE = 'text/event-stream';

/** A path with parameters; those that are `undefined` are left out. */
export function withQuery(path: string, parameters: Readonly<Record<string, string | number | undefined>>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) given.set(name, String(value));
  return given.size === 0 ? path : `${path}?${given.toString()}`;
}
