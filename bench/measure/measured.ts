/** One round of anything: what it achieved, and what it cost the nodes, the load generator and the machine meanwhile. */
import { availableParallelism } from 'node:os';
import {
  busySeconds,
  cpuSecondsOf,
  cpuSecondsOfEndedChildren,
  forgetPeaks,
  largestMemoryOf,
} from './process-accounts.js';
import type { Syncs } from './syncs.js';

/** What is measured by its caller: how many messages, in which time. */
export interface Achieved {
  readonly messages: number;
  readonly seconds: number;
  readonly p50Ms?: number | null;
  readonly p99Ms?: number | null;
  readonly maxMs?: number | null;
  readonly failures?: number;
}

export interface Figures {
  readonly messagesPerSecond: number;
  readonly seconds: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
  readonly failures: number;
  /** Microseconds of a processor a message, all nodes together. */
  readonly cpuUs: number | null;
  /** Of the node that holds most. */
  readonly residentMiB: number | null;
  /** The most within the round. */
  readonly peakMiB: number | null;
  /** Of all nodes together. */
  readonly syncsPerMessage: number | null;
  /** Records a sync of the node that is written to. */
  readonly batchRecords: number | null;
  /** Share of one processor that the load generator used: near 1 it was the limit, and the figures are a lower bound. */
  readonly loadShare: number;
  /** Share of all processors that went to neither nodes nor load generator. */
  readonly othersShare: number;
}

export interface Measured {
  readonly processes: readonly number[];
  syncs(): Promise<readonly Syncs[] | null>;
}

export async function measure(nodes: Measured, act: () => Promise<Achieved>): Promise<Figures> {
  forgetPeaks(nodes.processes);
  const before = await takeStock(nodes);
  const achieved = await act();
  const after = await takeStock(nodes);
  return figuresOf(achieved, before, after, availableParallelism());
}

export interface Stock {
  readonly atMs: number;
  readonly nodeSeconds: number;
  readonly loadSeconds: number;
  readonly busySeconds: number;
  readonly memory: { readonly residentMiB: number; readonly peakMiB: number } | null;
  readonly syncs: readonly Syncs[] | null;
}

/** Pure: two looks at the accounts, and what was achieved in between. */
export function figuresOf(achieved: Achieved, before: Stock, after: Stock, processors: number): Figures {
  const { messages, seconds } = achieved;
  const elapsedSeconds = (after.atMs - before.atMs) / 1000;
  const nodes = after.nodeSeconds - before.nodeSeconds;
  const load = after.loadSeconds - before.loadSeconds;
  const others = after.busySeconds - before.busySeconds - nodes - load;
  const [first] = differencesOf(before.syncs, after.syncs);
  const syncs = differencesOf(before.syncs, after.syncs).reduce((sum, { count }) => sum + count, 0);
  const perMessage = (amount: number): number | null => (messages > 0 ? amount / messages : null);
  return {
    messagesPerSecond: messages / seconds,
    seconds,
    p50Ms: achieved.p50Ms ?? null,
    p99Ms: achieved.p99Ms ?? null,
    maxMs: achieved.maxMs ?? null,
    failures: achieved.failures ?? 0,
    cpuUs: perMessage(nodes * 1_000_000),
    residentMiB: after.memory?.residentMiB ?? null,
    peakMiB: after.memory?.peakMiB ?? null,
    syncsPerMessage: first === undefined ? null : perMessage(syncs),
    batchRecords: first === undefined || first.count === 0 ? null : first.records / first.count,
    loadShare: load / seconds,
    othersShare: Math.max(0, others / (elapsedSeconds * processors)),
  };
}

async function takeStock(nodes: Measured): Promise<Stock> {
  return {
    syncs: await nodes.syncs(),
    atMs: performance.now(),
    nodeSeconds: cpuSecondsOf(nodes.processes),
    loadSeconds: cpuSecondsOfEndedChildren(),
    busySeconds: busySeconds(),
    memory: largestMemoryOf(nodes.processes),
  };
}

function differencesOf(before: readonly Syncs[] | null, after: readonly Syncs[] | null): Syncs[] {
  return (after ?? []).map(({ count, records }, place) => ({
    count: count - (before?.[place]?.count ?? 0),
    records: records - (before?.[place]?.records ?? 0),
  }));
}
