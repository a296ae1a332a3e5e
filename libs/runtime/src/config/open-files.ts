/** How many files the process may have open, and how many connections of clients that allows. */
import { readFileSync } from 'node:fs';

/** Each connection costs memory too, so more than this is a decision of the operator. */
const MOST_BY_DEFAULT = 10_000;

/** The limit of this process; Node.js has raised it as far as the system lets it. `null` where the system does not say. */
export function openFilesLimit(file = '/proc/self/limits'): number | null {
  try {
    const soft = /^Max open files +(\d+)/m.exec(readFileSync(file, 'latin1'))?.[1];
    return soft === undefined ? null : Number(soft);
  } catch {
    return null;
  }
}

/** Half of the files: the log, reads of older segments and the other nodes need the rest. */
export function defaultMaxConnections(limit: number | null): number {
  return limit === null ? MOST_BY_DEFAULT : Math.min(MOST_BY_DEFAULT, mostConnections(limit));
}

/** `null` if that many connections leave the node enough. */
export function tooManyFor(limit: number | null, maxConnections: number): string | null {
  if (limit === null || maxConnections <= mostConnections(limit)) return null;
  return (
    `MAX_CONNECTIONS is ${maxConnections}, more than half of the ${limit} files this process may have open: ` +
    'raise that limit (ulimit -n), or the node may lack descriptors for its log and the other nodes'
  );
}

function mostConnections(limit: number): number {
  return Math.max(1, Math.floor(limit / 2));
}
