/**
 * Flips a bit of a record, in a sealed segment or the open one, while the machine is down or its node works. It spares
 * what the format cannot tell (docs/log-format.md): the very last write, where damage looks like a torn tail, and
 * `batch`, which no checksum covers.
 */
import { RECORD_HEADER_BYTES } from '@replog/contracts/limits.js';
import { recordBatchOffset } from '@replog/contracts/record.js';
import type { Random } from '@replog/contracts/ports.js';
import type { StoredRecord } from '../../checkers/records/stored-record.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';
import { pick, restartLater } from './fault.js';
import type { Fault, FaultScene } from './fault.js';
import { mayLose, missingMembers } from './tolerance.js';

const NEWEST = 40;
const BATCH_FIELD = { from: 8, to: 12 };

export const bitFlip: Fault = {
  name: 'bit flipped',
  weight: 3,
  strike: (scene) => {
    const { cluster, random } = scene;
    const machine = pick(random, cluster.machines);
    if (machine === null || !mayLose(scene, machine)) return null;
    if (machine.isUp && random.next() < 0.4) {
      cluster.end(machine, random.next() < 0.5 ? 'kill' : 'power');
      restartLater(scene, machine);
    }
    const record = drawRecord(random, tellable(machine, cluster.logOf(machine).all));
    if (record === null) return null;
    if (missingMembers(scene) > 0) cluster.count('disks lost while another was missing');
    flip(scene, machine, record);
    const when = machine.isUp ? 'while it is up' : 'while it is down';
    cluster.count(`bits flipped ${when}`);
    return `${machine.name}, record ${record.index}, ${when}`;
  },
};

/** The records that were durable before the last write to the last segment began. */
function tellable(machine: SimulatedNode, records: readonly StoredRecord[]): readonly StoredRecord[] {
  const last = records.at(-1);
  const path = last === undefined ? null : segmentOf(machine, last.index);
  const bytes = path === null ? null : machine.disk.files.durableContentOf(path);
  if (last === undefined || bytes === null) return [];
  const firstOfWrite = last.at - recordBatchOffset(bytes, last.at);
  const end = records.findLastIndex(({ at, index }) => at < firstOfWrite || segmentOf(machine, index) !== path);
  return records.slice(0, end + 1);
}

/** At least half of the time one of the newest. */
function drawRecord(random: Random, records: readonly StoredRecord[]): StoredRecord | null {
  return pick(random, random.next() < 0.5 ? records.slice(-NEWEST) : records);
}

function flip({ cluster, random }: FaultScene, machine: SimulatedNode, record: StoredRecord): void {
  const path = segmentOf(machine, record.index);
  if (path === null) return;
  const length = record.end - record.at;
  // At least half of the flips hit the header: each of its fields has its own check.
  const drawn = Math.floor(random.next() * (random.next() < 0.5 ? RECORD_HEADER_BYTES : length));
  const place = drawn >= BATCH_FIELD.from && drawn < BATCH_FIELD.to ? BATCH_FIELD.to : drawn;
  const bit = 1 << Math.floor(random.next() * 8);
  cluster.logOf(machine).damaged(path, record, () => {
    machine.disk.files.damage(path, record.at + place, (byte) => byte ^ bit);
  });
}

function segmentOf(machine: SimulatedNode, index: number): string | null {
  const prefix = `${machine.directory}/log/`;
  const segments = machine.disk.files
    .durableNames()
    .filter((name) => name.startsWith(prefix) && name.endsWith('.log') && Number(name.slice(-24, -4)) <= index);
  return segments.at(-1) ?? null;
}
