/**
 * The scenario of a long log and a slow client: fill a node, read all of it a piece at a time with the socket left full
 * in between, and watch what the process holds meanwhile.
 */
import { MEDIA } from '@replog/contracts/http.js';
import { eventually } from './eventually.js';
import { API_KEY } from './cluster.js';
import type { Cluster } from './cluster.js';
import type { NodeProcess } from './node-process.js';
import { SlowReader } from './slow-reader.js';

const MIB = 1024 * 1024;
const BATCH = 5_000;
const PIECES = 20;

export interface FlatMemoryFigures {
  readonly loadedPerSecond: number;
  readonly readPerSecond: number;
  readonly warmMiB: number;
  readonly highestMiB: number;
  readonly growthMiB: number;
}

export function messageOf(number: number): string {
  return `message ${number} of a long log`;
}

/** Appends messages 1 … `count` in batches; answers messages per second. */
export async function load(node: NodeProcess, count: number): Promise<number> {
  const startedMs = performance.now();
  for (let first = 1; first <= count; first += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, count - first + 1) }, (_, place) => first + place);
    const { status, body } = await node.client.appendBatch(numbers.map(messageOf), 0);
    if (status !== 201) throw new Error(`a batch was answered ${status}: ${JSON.stringify(body)}`);
  }
  return count / ((performance.now() - startedMs) / 1000);
}

/**
 * Reads a log of `count` messages from a master that was started anew, so that what loading left behind hides nothing.
 * Growth is counted from after a warm-up (one quick read of a tenth: code is compiled, buffers have their size) and the
 * moment memory has come to rest, to the highest of all measurements between two pieces.
 */
export async function readSlowly(cluster: Cluster, count: number): Promise<Omit<FlatMemoryFigures, 'loadedPerSecond'>> {
  const { master } = cluster;
  await master.stop();
  master.start();
  await cluster.ready(master);
  await (await open(master, `?limit=${Math.ceil(count / 10)}`)).lines(Number.POSITIVE_INFINITY);
  const warm = await restingBytes(master);

  let highest = warm;
  let expected = 1;
  const startedMs = performance.now();
  const reader = await open(master, '');
  const pieceBytes = (count * lineOf(count).length) / PIECES;
  for (let lines = await reader.lines(pieceBytes); lines !== null; lines = await reader.lines(pieceBytes)) {
    for (const line of lines) {
      if (!isMessage(line, expected)) throw new Error(`where message ${expected} belongs: ${line}`);
      expected += 1;
    }
    // The answer waits; the node does not: it answers others, and grows by nothing but what it holds for this one.
    await master.client.get(`/messages/${expected - 1}`);
    highest = Math.max(highest, master.residentBytes);
  }
  if (expected !== count + 1) throw new Error(`the answer ended after message ${expected - 1}`);
  return {
    readPerSecond: count / ((performance.now() - startedMs) / 1000),
    warmMiB: warm / MIB,
    highestMiB: highest / MIB,
    growthMiB: (highest - warm) / MIB,
  };
}

function open({ url }: NodeProcess, query: string): Promise<SlowReader> {
  return SlowReader.open(`${url}/messages${query}`, API_KEY, MEDIA.ndjson);
}

function lineOf(number: number): string {
  const timestamp = new Date(0).toISOString();
  return `${JSON.stringify({ seq: number, epoch: 1, timestamp, key: null, message: messageOf(number) })}\n`;
}

function isMessage(line: string, number: number): boolean {
  return line.startsWith(`{"seq":${number},`) && line.endsWith(`"message":"${messageOf(number)}"}`);
}

/** What the process holds once several looks in a row find about the same. */
function restingBytes(node: NodeProcess): Promise<number> {
  let last = 0;
  let same = 0;
  return eventually('memory has come to rest', () => {
    const now = node.residentBytes;
    same = Math.abs(now - last) < MIB ? same + 1 : 0;
    last = now;
    return same >= 10 ? now : undefined;
  });
}
