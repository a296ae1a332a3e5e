/** What the network does. */
import { between, later, pick } from './fault.js';
import type { Fault } from './fault.js';

export const partition: Fault = {
  name: 'partition',
  weight: 6,
  strike: (scene) => {
    const { cluster, random } = scene;
    const side = cluster.machines.filter(() => random.next() < 0.5);
    const others = cluster.machines.filter((machine) => !side.includes(machine));
    if (side.length === 0 || others.length === 0) return null;
    const takesClients = random.next() < 0.3;
    const isOneWay = random.next() < 0.4;
    const pairs: [string, string][] = [];
    for (const one of side) {
      for (const other of others) pairs.push([one.name, other.name], ...(isOneWay ? [] : pairOf(other.name, one.name)));
      if (takesClients) pairs.push([one.name, 'clients']);
    }
    for (const [from, to] of pairs) cluster.network.block(from, to);
    later(scene, between(random, 50, 6_000), () => {
      for (const [from, to] of pairs) cluster.network.open(from, to);
    });
    return `${side.map(({ name }) => name).join(' ')} | ${others.map(({ name }) => name).join(' ')}${isOneWay ? ', one way' : ''}`;
  },
};

/** A connection breaks, as both its ends come to know: maybe right after an append, before its acknowledgement. */
export const cutLink: Fault = {
  name: 'link cut',
  weight: 10,
  strike: (scene) => {
    const { cluster, random, scheduler } = scene;
    const end = pick(
      random,
      [...cluster.links].filter(({ peer }) => peer !== null),
    );
    if (end === null) return null;
    const { peer, host } = end;
    scheduler.after(random.next() * 20, () => end.break('ECONNRESET'));
    const lateMs = random.next() < 0.3 ? 3_000 : 20;
    if (peer !== null) scheduler.after(random.next() * lateMs, () => peer.break('ECONNRESET'));
    return `${host.name} - ${peer?.host.name ?? 'nobody'}`;
  },
};

/** The time until heartbeats show that a link is dead, at the fastest and the slowest settings of a run. */
const UNNOTICED_MS = [500, 12_000] as const;

/** Something on the way forgets a connection: it stays open, and one direction or both carry nothing any more. */
export const deadLink: Fault = {
  name: 'link open and dead',
  weight: 5,
  strike: ({ cluster, random, scheduler }) => {
    const end = pick(
      random,
      [...cluster.links].filter(({ peer }) => peer !== null),
    );
    if (end === null) return null;
    const { peer, host } = end;
    const isOneWay = random.next() < 0.5;
    end.forget();
    if (!isOneWay) peer?.forget();
    // Each end notices by itself, also once the faults are over.
    for (const noticing of [end, peer]) {
      scheduler.after(between(random, ...UNNOTICED_MS), () => noticing?.break('the link is open and dead'));
    }
    return `${host.name} - ${peer?.host.name ?? 'nobody'}${isOneWay ? ', one way' : ''}`;
  },
};

export const badNetwork: Fault = {
  name: 'bad network',
  weight: 5,
  strike: (scene) => {
    const { cluster, random } = scene;
    const { network } = cluster;
    network.lossChance = random.next() * 0.3;
    network.duplicateChance = random.next() * 0.3;
    network.spikeChance = random.next() * 0.3;
    network.spikeMs = between(random, 5, 600);
    later(scene, between(random, 200, 4_000), () => network.calm());
    return `loss ${network.lossChance.toFixed(2)}, twice ${network.duplicateChance.toFixed(2)}`;
  },
};

export const clockJump: Fault = {
  name: 'clock jumps',
  weight: 2,
  strike: ({ cluster, random }) => {
    const machine = pick(random, cluster.machines);
    if (machine === null) return null;
    machine.wall.offsetMs += between(random, -3_600_000, 3_600_000);
    return machine.name;
  },
};

function pairOf(from: string, to: string): [string, string][] {
  return [[from, to]];
}
