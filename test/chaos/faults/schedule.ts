/**
 * What is to be done, when and for how long: drawn from the seed alone, before anything runs. Two lanes go on beside
 * each other, so that misfortune meets what operators do: one of weather, one of operations.
 */
import { seededChance } from '@replog/log-store/testing/seeded-chance.js';

export const WEATHER = [
  'kill',
  'kill everybody',
  'freeze',
  'part the master',
  'part in two',
  'part one way',
  'fill the disk',
] as const;
export const OPERATIONS = [
  'transfer',
  'replace the dead master',
  'restart in order',
  'replace a member',
  'flip a bit',
  'cut a segment',
] as const;

export type FaultKind = (typeof WEATHER)[number] | (typeof OPERATIONS)[number];

export interface Step {
  /** After the one before it in its lane has ended. */
  readonly restMs: number;
  readonly kind: FaultKind;
  readonly lastsMs: number;
  /** Whom it is aimed at: the master of that moment, or a node by its place. */
  readonly aim: 'master' | number;
  /** Whatever else the fault has to choose, from 0 to 1. */
  readonly dice: number;
}

export interface SchedulePlan {
  readonly seed: number;
  readonly nodes: number;
}

interface Pace {
  readonly lastsMs: readonly [number, number];
  readonly restMs: readonly [number, number];
}

const PACE: Pace = { lastsMs: [300, 3_500], restMs: [300, 2_000] };
const AIMED_AT_MASTER = 0.4;

export interface Schedule {
  readonly weather: Iterable<Step>;
  readonly operations: Iterable<Step>;
}

/** Both lanes without end: how far a run gets into them is up to the machine. */
export function drawSchedule({ seed, nodes }: SchedulePlan): Schedule {
  return {
    weather: drawLane(WEATHER, seededChance(seed), nodes),
    operations: drawLane(OPERATIONS, seededChance(seed ^ 0x5eed), nodes),
  };
}

/** Every kind comes up before any comes up again, so that a short run has seen most of them. */
function* drawLane(kinds: readonly FaultKind[], chance: () => number, nodes: number): Generator<Step> {
  const between = ([low, high]: readonly [number, number]): number => Math.round(low + (high - low) * chance());
  for (let deck: FaultKind[] = []; ;) {
    if (deck.length === 0) deck = [...kinds];
    const [kind] = deck.splice(Math.floor(chance() * deck.length), 1) as [FaultKind];
    const restMs = between(PACE.restMs);
    const lastsMs = between(PACE.lastsMs);
    const aim = chance() < AIMED_AT_MASTER ? 'master' : Math.floor(chance() * nodes);
    yield { restMs, kind, lastsMs, aim, dice: chance() };
  }
}
