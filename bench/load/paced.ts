/** Batches at a fixed pace, however long their answers take. */
import { setTimeout as sleep } from 'node:timers/promises';
import { MEDIA } from '@replog/contracts/http.js';
import type { BatchReceipt } from '@replog/contracts/views.js';
import type { NodeProcess } from '../../test/support/node-process.js';
import { latenciesOf } from '../measure/latencies.js';
import type { Achieved } from '../measure/measured.js';
import { bodyOf } from '../peers/replog.js';

export interface Pace {
  readonly messagesPerSecond: number;
  readonly batch: number;
  readonly concern: number;
  readonly seconds: number;
}

/** Times of answers count from when the batch was due. */
export async function appendAtPace(master: NodeProcess, pace: Pace, signal: AbortSignal): Promise<Achieved> {
  const { batch, concern, seconds } = pace;
  const body = bodyOf(batch);
  const everyMs = (1000 * batch) / pace.messagesPerSecond;
  const count = Math.ceil((seconds * 1000) / everyMs);
  const startMs = performance.now();
  const send = async (dueMs: number): Promise<number> => {
    const headers = { 'content-type': MEDIA.ndjson };
    const { status } = await master.client.request<BatchReceipt>('POST', `/messages/${concern}`, { headers, body });
    if (status !== 201) throw new Error(`a batch was answered ${status}`);
    return (performance.now() - dueMs) * 1000;
  };
  const sent: Promise<number>[] = [];
  for (let number = 0; number < count; number++) {
    signal.throwIfAborted();
    const dueMs = startMs + number * everyMs;
    if (dueMs > performance.now()) await sleep(dueMs - performance.now());
    sent.push(send(dueMs));
  }
  const microseconds = await Promise.all(sent);
  const took = (performance.now() - startMs) / 1000;
  return { messages: count * batch, seconds: took, ...latenciesOf(microseconds, took, 1) };
}
