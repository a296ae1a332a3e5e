/**
 * One connection to each node, kept open: a request costs the machine under measurement as little as it can, and a
 * connection that is refused or cut is seen as such.
 */
import { Agent, request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { HEADERS } from '@replog/contracts/http.js';
import type { Problem } from '@replog/contracts/errors.js';
import type { Receipt } from '@replog/contracts/views.js';
import { API_KEY } from './cluster.js';

export interface AppendAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Receipt & Problem;
}

export class KeepAliveClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  /** `path` with its query. Rejects with the system's error where the connection fails. */
  append(url: string, path: string, key: string, message: string): Promise<AppendAnswer> {
    const body = JSON.stringify({ message });
    const headers = {
      [HEADERS.apiKey]: API_KEY,
      [HEADERS.idempotencyKey]: key,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(`${url}${path}`, { method: 'POST', agent: this.agent, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: JSON.parse(text) as never });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
