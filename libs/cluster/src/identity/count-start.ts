/** Counts a start of the data directory, durably, before the node tells anybody of it. */
import type { NodeStateStore } from '@replog/log-store/state/node-state.js';

/** `null` if it cannot be saved, with a full disk: a start that is not counted is compared with none. */
export async function countStart(state: NodeStateStore): Promise<number | null> {
  const starts = (state.current.starts ?? 0) + 1;
  try {
    await state.save({ starts });
    return starts;
  } catch {
    return null;
  }
}
