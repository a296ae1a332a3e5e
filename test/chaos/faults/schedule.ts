/**
 * Which faults, when and for how long: drawn from the seed alone, before anything runs. Two lanes run side by side,
 * one of weather and one of operations, so that faults meet operations.
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
  'hang the disk',
  'forget the links',
  'no descriptors',
] as const;
export const OPERATIONS = [
  'transfer',
  'kill the master',
  'restart in order',
  'replace a member',
  'flip a bit',
  'cut a segment',
  'restore a copy',
  'run a clone',
] as const;

export type FaultKind = (typeof WEATHER)[number] | (typeof OPERATIONS)[number];

export interface Step {
  /** Counted from the end of the step before it in its lane. */
  readonly restMs: number;
  readonly kind: FaultKind;
  readonly lastsMs: number;
  /** Its target: the master of that moment, or a node by number. */
  readonly aim: 'master' | number;
  /** Decides everything else that the fault chooses, from 0 to 1. */
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

/** Both lanes are endless. The machine decides how far a run gets. */
export function drawSchedule({ seed, nodes }: SchedulePlan): Schedule {
  return {
    weather: drawLane(WEATHER, seededChance(seed), nodes),
    operations: drawLane(OPERATIONS, seededChance(seed ^ 0x5eed), nodes),
  };
}

/** Every kind comes once before any comes again, so a short run has seen most of them. */
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
