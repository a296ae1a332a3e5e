/** What it takes to damage a log on disk, and to see what its node makes of it. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Cluster } from './cluster.js';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { flipBit } from './segment-files.js';
import type { PlacedRecord, SegmentFile } from './segment-files.js';

/** Segments so small that a few hundred messages fill several. */
export const SMALL_SEGMENTS = { SEGMENT_BYTES: '128KiB', MAX_MESSAGE_BYTES: '32KiB' };
/** Few, so that a damaged record has whole writes after it: what tells it from a torn tail. */
const PER_WRITE = 10;
/** A byte well inside the message of a record. */
export const INSIDE_MESSAGE = 60;

/** Appends `count` messages of about 1,000 bytes, numbered from `from`. */
export async function fill(cluster: Cluster, from: number, count: number, concern = 'all'): Promise<void> {
  const text = 'x'.repeat(1000);
  const messages = Array.from({ length: count }, (_, place) => ({ number: from + place, text }));
  for (let at = 0; at < count; at += PER_WRITE) {
    const { status } = await cluster.master.client.appendBatch(messages.slice(at, at + PER_WRITE), concern);
    expect(status).toBe(201);
  }
}

/** Flips a bit in the middle record of a segment, or in the one `fromEnd` records before its last. */
export function damage(segment: SegmentFile, fromEnd?: number): PlacedRecord {
  const { records } = segment;
  const place = fromEnd === undefined ? records.length >> 1 : records.length - 1 - fromEnd;
  const record = records[place] as PlacedRecord;
  flipBit(segment, record.offset + INSIDE_MESSAGE);
  return record;
}

export async function incarnationOf(node: NodeProcess): Promise<string> {
  const state = await eventually('the state of the node', () => readFileSync(`${node.dataDir}/node.json`, 'utf8'));
  return (JSON.parse(state) as { value: { incarnation: string } }).value.incarnation;
}

/** The log names what is damaged, by segment and index. */
export async function named(node: NodeProcess, segment: SegmentFile, { index }: PlacedRecord): Promise<void> {
  const sentence = `segment ${segment.name} is damaged: record ${index} `;
  await eventually(`${node.nodeId} says: ${sentence}`, () => node.output.includes(sentence));
}
