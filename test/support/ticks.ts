let tick = 0;

/** One counter for all writers of a run, so that it can be told which of two writes had ended before the other began. */
export function nextTick(): number {
  return ++tick;
}
