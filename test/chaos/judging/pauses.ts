/** How long no write was acknowledged when the master changed. */
import type { MasterSeen } from '../cluster/master-watch.js';
import type { Change } from '../faults/scene.js';

export interface Pauses {
  readonly count: number;
  readonly medianMs: number | null;
  readonly maxMs: number | null;
}

/** A change of master, and how long no write was acknowledged around it. */
export interface MasterGap extends MasterSeen {
  readonly gapMs: number;
}

export function gapsOf(masters: readonly MasterSeen[], acknowledgedMs: readonly number[]): MasterGap[] {
  return masters.map((master) => {
    const place = acknowledgedMs.findIndex((ms) => ms >= master.seenMs);
    const before = acknowledgedMs[place < 0 ? acknowledgedMs.length - 1 : place - 1] ?? master.seenMs;
    const after = acknowledgedMs[place] ?? master.seenMs;
    return { ...master, gapMs: Math.round(Math.max(after, master.seenMs) - Math.min(before, master.seenMs)) };
  });
}

/**
 * Of a transfer: the longest time without an acknowledgement from the command on until shortly after its answer. Of a
 * failover, where nobody can write before: from the death of the master to the first acknowledgement.
 */
export function pausesOf(changes: readonly Change[], acknowledgedMs: readonly number[]): Pauses {
  const pauses = changes
    .map((change) => pauseOf(change, acknowledgedMs))
    .filter((pause) => pause !== null)
    .sort((one, other) => one - other);
  return {
    count: pauses.length,
    medianMs: rounded(pauses[pauses.length >> 1]),
    maxMs: rounded(pauses.at(-1)),
  };
}

function rounded(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms);
}

const AFTER_MS = 500;

function pauseOf({ kind, commandedMs, answeredMs }: Change, acknowledgedMs: readonly number[]): number | null {
  const first = acknowledgedMs.findIndex((ms) => ms >= commandedMs);
  if (first < 0) return null;
  if (kind === 'failover') return (acknowledgedMs[first] as number) - commandedMs;
  let longest = (acknowledgedMs[first] as number) - commandedMs;
  for (let place = first + 1; place < acknowledgedMs.length; place++) {
    const [before, now] = [acknowledgedMs[place - 1] as number, acknowledgedMs[place] as number];
    longest = Math.max(longest, now - before);
    if (now > answeredMs + AFTER_MS) break;
  }
  return longest;
}
