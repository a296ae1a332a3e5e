/**
 * One node as a real process, started from what was built, with its own data directory and port. A test kills, freezes
 * and starts it again as an operator would.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NODE_FLAGS } from '../../scripts/lib/node-flags.mjs';
import { NodeClient } from './node-client.js';

/** The bundle of a node, as this build makes it. */
export const THIS_BUILD = fileURLToPath(new URL('../../dist/bundle/node.js', import.meta.url));

export type Environment = Readonly<Record<string, string>>;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Where a process lives, if not simply here: the address it listens on, and what leads there. */
export interface Place {
  readonly host: string;
  /** Goes before its command line, and becomes it: signals reach the node. */
  readonly launcher: readonly string[];
  /** The Node that runs it; without, the one that runs the test. */
  readonly executable?: string;
}

const HERE: Place = { host: '127.0.0.1', launcher: [] };

export class NodeProcess {
  private child: ChildProcess | null = null;
  private exited: Promise<Exit> = Promise.resolve({ code: null, signal: null });
  readonly client: NodeClient;
  /** The bundle that its next start runs. */
  build = THIS_BUILD;
  /** Goes before its command line at the next start, and becomes it: signals reach the node. */
  launcher: readonly string[];

  constructor(
    readonly nodeId: string,
    readonly port: number,
    /** Where its data directory and its log file lie. */
    private readonly root: string,
    private readonly environment: Environment,
    private readonly place: Place = HERE,
  ) {
    this.launcher = place.launcher;
    this.client = new NodeClient(`http://${place.host}:${port}`, environment['API_KEY'] ?? '');
  }

  get dataDir(): string {
    return join(this.root, this.nodeId);
  }

  get url(): string {
    return this.client.url;
  }

  get isRunning(): boolean {
    return this.child !== null;
  }

  get pid(): number {
    if (this.child?.pid === undefined) throw new Error(`${this.nodeId} does not run`);
    return this.child.pid;
  }

  /** Everything it has written to its log so far, over all its starts. */
  get output(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : '';
  }

  /** Starts the process; does not wait for it to be ready. `changes` go over its environment for this start. */
  start(changes: Environment = {}): void {
    if (!existsSync(this.build)) throw new Error(`${this.build} is missing: run "npm run build" first`);
    const log = openSync(this.logFile, 'a');
    const executable = this.place.executable ?? process.execPath;
    const [command = '', ...args] = [...this.launcher, executable, ...NODE_FLAGS, this.build];
    const child = spawn(command, args, {
      cwd: this.root,
      env: {
        PATH: process.env['PATH'] ?? '',
        DATA_DIR: this.dataDir,
        NODE_ID: this.nodeId,
        ...this.environment,
        ...changes,
      },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.child = child;
    child.once('exit', () => {
      this.child = null;
    });
    this.exited = once(child, 'close').then(([code, signal]) => {
      return { code: code as number | null, signal: signal as NodeJS.Signals | null };
    });
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Resolves when the process has ended and its last words are in its output. */
  get exit(): Promise<Exit> {
    return this.exited;
  }

  /** Stops in order. */
  async stop(): Promise<Exit> {
    if (this.child !== null) this.signal('SIGTERM');
    return this.exited;
  }

  /** Pulls the plug. */
  async kill(): Promise<void> {
    if (this.child !== null) this.signal('SIGKILL');
    await this.exited;
  }

  /** Resident memory in bytes, as the system counts it. */
  get residentBytes(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024;
  }

  private get logFile(): string {
    return join(this.root, `${this.nodeId}.log`);
  }
}
