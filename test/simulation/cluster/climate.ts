/**
 * The configuration of a run, drawn from the seed: small segments, little room in flight, slow nodes, a cluster that
 * takes writes without a majority.
 */
import type { Random } from '@replog/contracts/ports.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';

export interface Climate {
  /** What all nodes of the run have in common. */
  readonly common: Pick<
    NodeConfig,
    'segmentBytes' | 'maxInflightBytes' | 'maxMessageBytes' | 'quorumLoss' | 'scrubBytesPerSecond' | 'failover'
  >;
  /** `PRIORITY` of each node, by its name. */
  readonly priorities: ReadonlyMap<string, number>;
  /** `DELAY` of each node, by its name. */
  readonly delays: ReadonlyMap<string, NodeConfig['delay']>;
  /** Bytes of records kept in memory; what is further back is read from the segments. */
  readonly ringBytes: number;
}

const SEGMENT_BYTES = [4_096, 8_192, 16_384, 16_384, 65_536];
const RING_BYTES = [1_000, 3_000, 3_000, 20_000];
/** More than any message of a run has. */
const MAX_MESSAGE_BYTES = 512;
const USUAL_PRIORITY = 50;
const ROOMY_BYTES = 64 * 1024;
/** After a pass the scrub rests for as long as reading this much takes. */
const SCRUB_REST_BYTES = 64 * 1024 * 1024;

export function drawClimate(
  random: Random,
  names: readonly string[],
  { failover, priorities }: { readonly failover: NodeConfig['failover']; readonly priorities: Random },
): Climate {
  const isTight = random.next() < 0.35;
  const isAccepting = random.next() < 0.3;
  const slowShare = random.next() < 0.3 ? 0.4 : 0;
  const scrubRestS = 0.5 + random.next() * 12;
  return {
    common: {
      segmentBytes: pickOf(random, SEGMENT_BYTES),
      maxInflightBytes: isTight ? Math.floor(MAX_MESSAGE_BYTES * (1 + random.next() * 5)) : ROOMY_BYTES,
      maxMessageBytes: MAX_MESSAGE_BYTES,
      quorumLoss: isAccepting ? 'accept' : 'read-only',
      scrubBytesPerSecond: Math.floor(SCRUB_REST_BYTES / scrubRestS),
      failover,
    },
    priorities: drawPriorities(priorities, names),
    delays: new Map(names.map((name) => [name, random.next() < slowShare ? drawDelay(random) : null])),
    ringBytes: pickOf(random, RING_BYTES),
  };
}

/** Some nodes have something else than what was drawn for them. */
export function withPeculiar(
  climate: Climate,
  { priorities, delays }: Pick<Climate, 'priorities' | 'delays'>,
): Climate {
  return {
    ...climate,
    priorities: new Map([...climate.priorities, ...priorities]),
    delays: new Map([...climate.delays, ...delays]),
  };
}

/** Mostly the same for all. Otherwise one node is never master, and the others differ. */
function drawPriorities(random: Random, names: readonly string[]): Climate['priorities'] {
  const areSame = random.next() < 0.6;
  const never = pickOf(random, names);
  return new Map(
    names.map((name) => [name, areSame ? USUAL_PRIORITY : name === never ? 0 : 1 + Math.floor(random.next() * 100)]),
  );
}

/** In words, for the counts of a run. */
export function describeClimate({ common, delays, priorities }: Climate): string[] {
  return [
    `runs with FAILOVER=${common.failover}`,
    ...(new Set(priorities.values()).size > 1 ? ['runs with several priorities'] : []),
    ...(common.quorumLoss === 'accept' ? ['runs with QUORUM_LOSS=accept'] : []),
    ...(common.maxInflightBytes < ROOMY_BYTES ? ['runs with a tiny MAX_INFLIGHT_BYTES'] : []),
    ...([...delays.values()].some((delay) => delay !== null) ? ['runs with DELAY on some nodes'] : []),
    `runs with segments of ${common.segmentBytes / 1_024} KiB`,
  ];
}

function drawDelay(random: Random): NodeConfig['delay'] {
  const minMs = random.next() * 60;
  return { minMs, maxMs: minMs + random.next() * 200 };
}

function pickOf<Value>(random: Random, values: readonly Value[]): Value {
  return values[Math.floor(random.next() * values.length)] as Value;
}
