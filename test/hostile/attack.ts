/** What one input has at hand: a node to send to, chance, connections, and messages of its own. */
import { API_KEY } from '../support/cluster.js';
import { HostileConnection } from './hostile-connection.js';

export interface Target {
  readonly nodeId: string;
  readonly port: number;
  /** A token of this cluster, of a node that nobody knows. */
  readonly serviceToken: string;
  readonly clusterId: string;
}

export type Input = (attack: Attack) => Promise<void>;

export class Attack {
  readonly connections: HostileConnection[] = [];
  /** They stand in bodies that no reading of the bytes may take for a request. */
  readonly forbidden: unknown[] = [];
  /** It goes on when the input is over: its connections stay until others have come. */
  isHeld = false;
  private messages = 0;

  constructor(
    readonly name: string,
    readonly target: Target,
    readonly chance: () => number,
  ) {}

  connect(): HostileConnection {
    const connection = new HostileConnection(this.target.port);
    this.connections.push(connection);
    return connection;
  }

  /** Another text each time. */
  message(): string {
    return `${this.name}, message ${++this.messages}`;
  }

  /** A whole number from `low` to `high`. */
  between(low: number, high: number): number {
    return low + Math.floor(this.chance() * (high - low + 1));
  }

  oneOf<Choice>(choices: readonly Choice[]): Choice {
    return choices[Math.floor(this.chance() * choices.length)] as Choice;
  }

  isLucky(share = 0.5): boolean {
    return this.chance() < share;
  }

  bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => Math.floor(this.chance() * 256)));
  }

  leaveAll(): void {
    for (const connection of this.connections) connection.leave(this.isLucky());
  }
}

const KEY_LINE = `x-token: ${API_KEY}\r\n`;

export interface Head {
  readonly method?: string;
  readonly path?: string;
  /** Header lines, each with its CRLF. */
  readonly lines?: string;
  readonly withKey?: boolean;
}

/** The head of a request, whole but for the lines that say how long its body is. */
export function head({ method = 'POST', path = '/messages/0', lines = '', withKey = true }: Head = {}): string {
  return `${method} ${path} HTTP/1.1\r\nhost: a\r\n${withKey ? KEY_LINE : ''}${lines}`;
}

export const JSON_LINE = 'content-type: application/json\r\n';
export const NDJSON_LINE = 'content-type: application/x-ndjson\r\n';

/** A request with a body and its length. */
export function request(body: string | Buffer, { lines = JSON_LINE, ...more }: Head = {}): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return Buffer.concat([Buffer.from(`${head({ lines, ...more })}content-length: ${bytes.length}\r\n\r\n`), bytes]);
}

/** A write as every client sends it. */
export function write(message: unknown, more: Head = {}): Buffer {
  return request(JSON.stringify({ message }), more);
}

export function read(path: string, more: Head = {}): string {
  return `${head({ method: 'GET', path, ...more })}\r\n`;
}
