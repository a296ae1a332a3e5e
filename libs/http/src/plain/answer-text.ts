/** An answer as `node:http` would write it, in one string. */
import { STATUS_CODES } from 'node:http';

const S_IN_MS = 1000;
const ENDS = 'Connection: close\r\n\r\n';

export interface AnswerParts {
  readonly status: number;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: string;
  /** The connection ends after it. */
  readonly isLast: boolean;
}

export class AnswerText {
  /** The second of the text in `date`. */
  private second = -1;
  private date = '';
  private readonly stays: string;

  constructor(keepAliveTimeoutMs: number) {
    this.stays = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveTimeoutMs / S_IN_MS)}\r\n\r\n`;
  }

  of({ status, headers, body, isLast }: AnswerParts, wallMs: number): string {
    let text = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
    for (let at = 0; at < headers.length; at += 2) text += `${headers[at]}: ${headers[at + 1]}\r\n`;
    return `${text}Date: ${this.dateAt(wallMs)}\r\n${isLast ? ENDS : this.stays}${body}`;
  }

  private dateAt(wallMs: number): string {
    const second = Math.floor(wallMs / S_IN_MS);
    if (second !== this.second) {
      this.second = second;
      this.date = new Date(wallMs).toUTCString();
    }
    return this.date;
  }
}
