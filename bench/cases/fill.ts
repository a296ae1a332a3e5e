/** Fills a log with a number of messages as fast as possible. It is not measured. */
import { MEDIA } from '@replog/contracts/http.js';
import type { BatchReceipt } from '@replog/contracts/views.js';
import type { NodeProcess } from '../../test/support/node-process.js';
import { bodyOf } from '../peers/replog.js';

const BATCH = 1_000;
const AT_A_TIME = 4;

export async function fill(master: NodeProcess, messages: number, concern: number, signal: AbortSignal): Promise<void> {
  const whole = bodyOf(BATCH);
  let left = messages;
  const send = async (): Promise<void> => {
    while (left > 0) {
      signal.throwIfAborted();
      const size = Math.min(BATCH, left);
      left -= size;
      const body = size === BATCH ? whole : bodyOf(size);
      const headers = { 'content-type': MEDIA.ndjson };
      const answer = await master.client.request<BatchReceipt>('POST', `/messages/${concern}`, { headers, body });
      if (answer.status !== 201)
        throw new Error(`a batch was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, send));
}
