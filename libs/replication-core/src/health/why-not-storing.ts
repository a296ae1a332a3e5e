/**
 * Why a secondary that answers pings does not count as healthy: nothing becomes durable there. It says so itself, or its master
 * sees it from the acknowledgements that do not come.
 */
import type { StorageState } from '@replog/contracts/views.js';
import { storageFault } from '../storage/storage-state.js';

export interface StoringFacts {
  /** `null`: it has not said. */
  readonly storage: StorageState | null;
  /** For how long the oldest record on the link has not been acknowledged. */
  readonly awaitedMs: number;
  readonly limitMs: number;
}

/** To complete a sentence about the secondary; `null` if it stores. */
export function whyNotStoring({ storage, awaitedMs, limitMs }: StoringFacts): string | null {
  const fault = storage === null ? null : storageFault(storage);
  if (fault !== null) return fault;
  if (awaitedMs < limitMs) return null;
  return `it has acknowledged nothing for ${Math.floor(awaitedMs / 1000)} s`;
}
