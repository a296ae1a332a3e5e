/** Damage to the files of a node that is down. */
import { eventually } from '../../support/eventually.js';
import { cutAt, flipBit } from '../../support/segment-files.js';
import type { PlacedRecord, SegmentFile } from '../../support/segment-files.js';
import type { ChaosNode } from '../cluster/chaos-node.js';
import type { Place } from './copies.js';
import { requireCopiesElsewhere, requireNobodyHarmed, segmentsOf } from './copies.js';
import { aimed, claiming, lasting, start } from './scene.js';
import type { Fault, Scene } from './scene.js';
import type { Step } from './schedule.js';

/** Inside the payload of every record there is. */
const INSIDE_RECORD = 50;
/** How many records of the last segment a cut takes at most. */
const MOST_CUT = 20;
const COPIED_WITHIN_MS = 3_000;

export const flipABit: Fault = (scene, step) =>
  whileDown(scene, step, (node) => {
    const segments = segmentsOf(node);
    const segment = segments[Math.floor(step.dice * segments.length)] as SegmentFile;
    const place = Math.floor(((step.dice * 97) % 1) * segment.records.length);
    const record = segment.records[place] as PlacedRecord;
    flipBit(segment, record.offset + INSIDE_RECORD);
    return `bit flipped in record ${record.index} (segment ${segment.name}, the last one is ${segments.at(-1)?.name})`;
  });

export const cutASegment: Fault = (scene, step) =>
  whileDown(scene, step, (node) => {
    const segment = segmentsOf(node).at(-1) as SegmentFile;
    const from = Math.max(0, segment.records.length - 1 - Math.floor(step.dice * MOST_CUT));
    const record = segment.records[from] as PlacedRecord;
    cutAt(segment, record.offset + Math.floor(((step.dice * 97) % 1) * record.length));
    return `segment ${segment.name} cut within record ${record.index} of ${segment.records.at(-1)?.index}`;
  });

/** Other nodes may be catching up. The fault waits a while, and then reports why it is not possible. */
async function copiesElsewhere(scene: Scene, node: ChaosNode): Promise<Place> {
  const look = (): Place => requireCopiesElsewhere(node, scene);
  return eventually('others have it all', look, { withinMs: COPIED_WITHIN_MS }).catch(look);
}

async function whileDown(scene: Scene, step: Step, damage: (node: ChaosNode) => string): Promise<void> {
  await requireNobodyHarmed(scene);
  const node = await aimed(scene, step);
  await claiming([node], async () => {
    await node.kill();
    scene.note(`${node.nodeId} killed, to be damaged`);
    await lasting(step.lastsMs / 2);
    try {
      const last = await copiesElsewhere(scene, node);
      node.harmed = { ...last, sinceMs: performance.now() };
      scene.note(`${node.nodeId}: ${damage(node)}`);
    } finally {
      await start(scene, node);
    }
  });
}
