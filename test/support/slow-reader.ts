/**
 * A client that reads an answer a piece at a time. Between two pieces nothing is taken from the socket, so its buffers
 * fill and the server has to wait.
 */
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { HEADERS } from '@replog/contracts/http.js';

export class SlowReader {
  private readonly chunks: AsyncIterator<Buffer>;
  /** A line whose end has not come yet. */
  private rest = '';

  private constructor(private readonly response: IncomingMessage) {
    this.chunks = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  static open(url: string, apiKey: string, accept: string): Promise<SlowReader> {
    return new Promise((resolve, reject) => {
      get(url, { headers: { accept, [HEADERS.apiKey]: apiKey }, agent: false }, (response) => {
        if (response.statusCode === 200) resolve(new SlowReader(response));
        else reject(new Error(`${url} answered ${response.statusCode}`));
      }).on('error', reject);
    });
  }

  /** The whole lines of at least `bytes` more; `null` when all was read. Rejects where the answer was cut. */
  async lines(bytes: number): Promise<string[] | null> {
    let text = this.rest;
    let read = 0;
    while (read < bytes) {
      const next = await this.chunks.next();
      if (next.done === true) break;
      text += next.value.toString('latin1');
      read += next.value.length;
    }
    if (read === 0 && text === '') return null;
    const lines = text.split('\n');
    this.rest = lines.pop() ?? '';
    return lines;
  }

  close(): void {
    this.response.destroy();
  }
}
