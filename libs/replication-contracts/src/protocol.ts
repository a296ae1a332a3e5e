/**
 * The version of what nodes say to each other: it travels in the header `x-replog-protocol` of every call and in the
 * second byte of every frame. A node speaks a range of versions, so that nodes of two builds in a row form one cluster.
 * What it does not know it refuses by name and never guesses at.
 */
import { ReplogError } from './errors.js';

/** What this build says. */
export const PROTOCOL_VERSION = 1;
/** The oldest version that this build understands. */
export const OLDEST_PROTOCOL_VERSION = 1;

const WHOLE_NUMBER = /^[1-9]\d{0,8}$/;

export function isKnownProtocol(version: number): boolean {
  return version >= OLDEST_PROTOCOL_VERSION && version <= PROTOCOL_VERSION;
}

/**
 * Checks the header of a call from `caller`. Throws ReplogError PROTOCOL_UNKNOWN with the versions this build speaks, as
 * `oldest` and `newest`.
 */
export function requireKnownProtocol(header: string | readonly string[] | undefined, caller: string): void {
  const version = typeof header === 'string' && WHOLE_NUMBER.test(header) ? Number(header) : null;
  if (version !== null && isKnownProtocol(version)) return;
  const found = version === null ? 'names no protocol version' : `speaks protocol ${version}`;
  const sentence = `${caller} ${found}; this node speaks ${spokenVersions()}. Run builds on all nodes that are at most one release apart.`;
  throw new ReplogError('PROTOCOL_UNKNOWN', sentence, {
    extra: { oldest: OLDEST_PROTOCOL_VERSION, newest: PROTOCOL_VERSION },
  });
}

/** "1", or "1 to 3". */
export function spokenVersions(): string {
  return OLDEST_PROTOCOL_VERSION === PROTOCOL_VERSION
    ? String(PROTOCOL_VERSION)
    : `${OLDEST_PROTOCOL_VERSION} to ${PROTOCOL_VERSION}`;
}
