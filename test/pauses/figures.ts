/** What a change of master cost its clients, from when which write was acknowledged. Pure. */
import type { Acknowledgement } from '../support/following-writers.js';

/** One change of master, in milliseconds of the measuring process's clock. */
export interface Change {
  readonly commandedMs: number;
  readonly answeredMs: number;
  /** The epoch that it began. */
  readonly epoch: number;
}

export interface ChangeFigures {
  /** From the command to its answer. */
  readonly commandMs: number;
  /** From the command to the first write that the new master acknowledged. */
  readonly firstWriteMs: number;
  /** The longest time in which nobody's write was acknowledged, around the change. */
  readonly pauseMs: number;
  /** The longest that any one write took, redirects and repetitions included. */
  readonly slowestWriteMs: number;
}

export interface Spread {
  readonly medianMs: number;
  readonly maxMs: number;
}

/** How long after its answer a change is looked at: what it did to the writers has shown by then. */
export const AFTERMATH_MS = 1_000;

/** `acknowledged` in the order of time, from before the command to `AFTERMATH_MS` after the answer. */
export function figuresOf(change: Change, acknowledged: readonly Acknowledgement[]): ChangeFigures {
  const { commandedMs, answeredMs, epoch } = change;
  const first = acknowledged.find((each) => each.epoch >= epoch && each.atMs >= commandedMs);
  if (first === undefined) throw new Error(`no write was acknowledged in epoch ${epoch}`);
  const endMs = Math.max(answeredMs, first.atMs) + AFTERMATH_MS;
  const around = acknowledged.filter(({ atMs }) => atMs >= commandedMs && atMs <= endMs);
  const moments = [commandedMs, ...around.map(({ atMs }) => atMs)];
  const gaps = moments.slice(1).map((atMs, place) => atMs - (moments[place] as number));
  return {
    commandMs: answeredMs - commandedMs,
    firstWriteMs: first.atMs - commandedMs,
    pauseMs: gaps.reduce((longest, gap) => Math.max(longest, gap), 0),
    slowestWriteMs: around.reduce((longest, { tookMs }) => Math.max(longest, tookMs), 0),
  };
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  const [low, high] = [sorted[(sorted.length - 1) >> 1] ?? 0, sorted[sorted.length >> 1] ?? 0];
  return { medianMs: tenths((low + high) / 2), maxMs: tenths(sorted.at(-1) ?? 0) };
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
