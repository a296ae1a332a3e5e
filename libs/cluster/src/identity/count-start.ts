/** Counts a start of the data directory, durably, before the node tells anybody of it. */
import type { NodeStateStore } from '@replog/log-store/state/node-state.js';

/** More starts than a node makes while no other node sees one of them. */
const MAX_REMEMBERED = 16;

export interface CountedStart {
  readonly starts: number;
  readonly boots: readonly string[];
}

/** `null` if it cannot be saved, with a full disk: a start that is not counted is compared with none. */
export async function countStart(state: NodeStateStore, bootId: string): Promise<CountedStart | null> {
  const { starts = 0, boots = [] } = state.current;
  const counted = { starts: starts + 1, boots: [...boots, bootId].slice(-MAX_REMEMBERED) };
  try {
    await state.save(counted);
    return counted;
  } catch {
    return null;
  }
}
