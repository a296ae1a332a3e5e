/** Faults of machines, their disks and the network. */
import type { Role } from '@replog/contracts/http.js';
import type { SimulatedNode } from '../../simulation/cluster/simulated-node.js';
import type { Command } from '../stage/command.js';
import { CLIENTS } from '../stage/stage.js';
import type { Stage } from '../stage/stage.js';
import type { Actions } from './action.js';

const USUAL_SLOWNESS_MS = 0.4;
/** Less than any disk holds: what is set aside already can be used, and no more is given. */
const FULL_BYTES = 1;
/** A disk takes a part of its slowness for each operation, by chance, which hardly moves here: about a third. */
const PART_TAKEN = 1 / 3;

export const MACHINE_COMMANDS: Actions = {
  /** `start n1`, `start n1 n2 as master`. Time does not go on. */
  start: (stage, { words }) => {
    const role: Role = words.includes('master') ? 'master' : 'secondary';
    for (const machine of machinesIn(stage, words)) {
      if (machine.isUp) throw new Error(`${machine.name} is up`);
      stage.cluster.start(machine, role);
    }
  },
  /** `kill n1`: the process ends at once; its disk keeps what was written. */
  kill: (stage, { words }) => machinesIn(stage, words).forEach((machine) => stage.cluster.end(machine, 'kill')),
  /** `power-loss n1`: what was not synced is kept or lost by chance. */
  'power-loss': (stage, { words }) =>
    machinesIn(stage, words).forEach((machine) => stage.cluster.end(machine, 'power')),
  /** `wipe n1`: the process ends, and the disk is an empty one. */
  wipe: (stage, { words }) => machinesIn(stage, words).forEach((machine) => stage.cluster.end(machine, 'wipe')),
  /** `stop n1`: in order, as SIGTERM does it. */
  stop: (stage, { words }) => stage.finish(stopAll(machinesIn(stage, words))),
  freeze: (stage, { words }) => machinesIn(stage, words).forEach(({ process }) => process?.freeze()),
  thaw: (stage, { words }) => machinesIn(stage, words).forEach(({ process }) => process?.thaw()),

  /** `cut n1 from n2 n3 clients`: nothing gets through, in neither direction. `cut n1 to n2`: nothing from n1 to n2. */
  cut: ({ cluster }, { words }) => {
    const isOneWay = words.includes('to');
    const at = words.indexOf(isOneWay ? 'to' : 'from');
    for (const one of words.slice(0, at)) {
      for (const other of words.slice(at + 1)) {
        for (const host of [one, other]) if (host !== CLIENTS) cluster.machine(host);
        cluster.network.block(one, other);
        if (!isOneWay) cluster.network.block(other, one);
      }
    }
  },
  /** `heal`: everything gets through again. */
  heal: ({ cluster }) => cluster.network.heal(),

  /** `slow-disk n3 takes=500ms`: each write and each sync takes that long, about. */
  'slow-disk': (stage, command) => {
    const takesMs = command.milliseconds('takes', 500);
    for (const { disk } of machinesIn(stage, command.words)) disk.slownessMs = takesMs / PART_TAKEN;
  },
  /** `hang-disk n1`: what it is asked for does not end, until `usual-disk n1`. */
  'hang-disk': (stage, { words }) => machinesIn(stage, words).forEach(({ disk }) => disk.hang()),
  'usual-disk': (stage, { words }) => {
    for (const { disk } of machinesIn(stage, words)) {
      disk.slownessMs = USUAL_SLOWNESS_MS;
      disk.release();
    }
  },
  'fill-disk': (stage, { words }) => {
    for (const { disk } of machinesIn(stage, words)) disk.files.capacityBytes = FULL_BYTES;
  },
  'free-disk': (stage, { words }) => {
    for (const { disk } of machinesIn(stage, words)) disk.files.capacityBytes = null;
  },
  /** `flip n2 record 4`: a bit of that record turns on the medium. */
  flip: (stage, { words }) => flip(stage, stage.machine(words[0]), Number(words[2])),
};

export function machinesIn(stage: Stage, words: Command['words']): SimulatedNode[] {
  const names = words.filter((word) => /^n\d+$/.test(word));
  if (names.length === 0) throw new Error('no node is named');
  return names.map((name) => stage.machine(name));
}

async function stopAll(machines: readonly SimulatedNode[]): Promise<void> {
  await Promise.all(machines.map((machine) => machine.stopInOrder()));
}

function flip({ cluster }: Stage, machine: SimulatedNode, index: number): void {
  const log = cluster.logOf(machine);
  const record = log.at(index);
  const { files } = machine.disk;
  const path = files
    .durableNames()
    .filter((name) => name.startsWith(`${machine.directory}/log/`) && name.endsWith('.log'))
    .findLast((name) => Number(name.slice(-24, -4)) <= index);
  if (record === undefined || path === undefined) throw new Error(`${machine.name} has no record ${index}`);
  log.damaged(path, record, () => files.damage(path, record.end - 1, (byte) => byte ^ 1));
}
