/**
 * What processes cost, from the system's own accounting in /proc. The processes themselves are not asked, so a peer is
 * measured like our own node.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Linux counts in hundredths of a second for everybody (USER_HZ), whatever its own clock does. */
const TICKS_A_SECOND = 100;
const MIB_IN_KIB = 1024;
/** What the system takes for the wish to start a peak at what is resident now. */
const FORGET_PEAK = '5';

export interface ProcessAccount {
  readonly pid: number;
  readonly parent: number;
  /** Of all its threads. */
  readonly ownTicks: number;
  /** Of its children that have ended and were waited for, and of theirs. */
  readonly endedChildrenTicks: number;
}

/** One `/proc/<pid>/stat`. The name of the program stands in brackets and may hold anything, brackets too. */
export function parseAccount(stat: string): ProcessAccount {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const at = (place: number): number => Number(fields[place - 3]);
  return {
    pid: Number.parseInt(stat, 10),
    parent: at(4),
    ownTicks: at(14) + at(15),
    endedChildrenTicks: at(16) + at(17),
  };
}

/** Those among `accounts` that are one of `roots` or descend from one. */
export function treesOf(roots: readonly number[], accounts: readonly ProcessAccount[]): ProcessAccount[] {
  const found = new Set(roots);
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { pid, parent } of accounts) if (found.has(parent)) found.add(pid);
  }
  return accounts.filter(({ pid }) => found.has(pid));
}

/** Seconds of a processor that these processes have used, with all they have started. */
export function cpuSecondsOf(roots: readonly number[]): number {
  const ticks = treesOf(roots, livingAccounts()).map((account) => account.ownTicks + account.endedChildrenTicks);
  return ticks.reduce((sum, each) => sum + each, 0) / TICKS_A_SECOND;
}

/** Seconds of a processor used by what this process has started and seen end. */
export function cpuSecondsOfEndedChildren(): number {
  return parseAccount(readFileSync('/proc/self/stat', 'utf8')).endedChildrenTicks / TICKS_A_SECOND;
}

export interface Memory {
  readonly residentMiB: number;
  /** The most it was, ever or since it was forgotten. */
  readonly peakMiB: number;
}

export function parseMemory(status: string): Memory | null {
  const figure = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]);
  const [resident, peak] = [figure('VmRSS'), figure('VmHWM')];
  return Number.isNaN(resident) ? null : { residentMiB: resident / MIB_IN_KIB, peakMiB: peak / MIB_IN_KIB };
}

/**
 * Of the one among these that holds most. A node is a process; where a peer's is a family that shares memory, its parts
 * cannot be added up, so it is given as the largest of them.
 */
export function largestMemoryOf(roots: readonly number[]): Memory | null {
  const all = treesOf(roots, livingAccounts()).flatMap(({ pid }) => {
    const status = readIfThere(`/proc/${pid}/status`);
    const memory = status === null ? null : parseMemory(status);
    return memory === null ? [] : [memory];
  });
  if (all.length === 0) return null;
  return {
    residentMiB: Math.max(...all.map(({ residentMiB }) => residentMiB)),
    peakMiB: Math.max(...all.map(({ peakMiB }) => peakMiB)),
  };
}

/** From now on peaks are counted anew. Where the system refuses, as it does for processes of others, they stay. */
export function forgetPeaks(roots: readonly number[]): void {
  for (const { pid } of treesOf(roots, livingAccounts())) {
    try {
      writeFileSync(`/proc/${pid}/clear_refs`, FORGET_PEAK);
    } catch {
      continue;
    }
  }
}

/** Seconds that all processors together were not idle since the machine started, from the first line of `/proc/stat`. */
export function parseBusySeconds(stat: string): number {
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, softInterrupts = 0, stolen = 0] = stat
    .slice(0, stat.indexOf('\n'))
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + interrupts + softInterrupts + stolen) / TICKS_A_SECOND;
}

export function busySeconds(): number {
  return parseBusySeconds(readFileSync('/proc/stat', 'utf8'));
}

function livingAccounts(): ProcessAccount[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const stat = readIfThere(`/proc/${pid}/stat`);
      return stat === null ? [] : [parseAccount(stat)];
    });
}

/** Between listing and reading it a process may end. */
function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
