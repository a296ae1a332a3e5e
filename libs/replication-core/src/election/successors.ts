/** Which members a master that stops asks to take over its term, and in which order. */
import { hasCaughtUp } from '../membership/catch-up.js';

export interface SuccessorFacts {
  readonly nodeId: string;
  /** It answers pings, is linked, and stores. */
  readonly isHealthy: boolean;
  /** The highest index that it has acknowledged. */
  readonly acknowledged: number;
  /** Its PRIORITY; `null` if it has not said it: an earlier build, which takes over nothing. */
  readonly priority: number | null;
}

/** The most advanced first, and of several the one with the highest PRIORITY. `lastIndex`: the end of the master's log. */
export function successorsOf<Facts extends SuccessorFacts>(members: readonly Facts[], lastIndex: number): Facts[] {
  return members
    .filter(({ isHealthy, acknowledged }) => isHealthy && hasCaughtUp(acknowledged, 0, lastIndex))
    .filter(({ priority }) => priority !== null && priority > 0)
    .toSorted((one, other) => other.acknowledged - one.acknowledged || Number(other.priority) - Number(one.priority));
}
