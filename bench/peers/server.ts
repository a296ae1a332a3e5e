/** A peer's server as a process of this one: started with its output in a file, ended by its pid. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';

const TAIL_BYTES = 600;
const PATIENCE_MS = 10_000;

export interface ServerOptions {
  readonly logFile: string;
  readonly cwd: string;
  /** Who it runs as, where it may not be root. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** What it takes as the wish to end in order. */
  readonly endSignal?: NodeJS.Signals;
}

export class Server {
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;

  constructor(
    private readonly command: string,
    args: readonly string[],
    private readonly options: ServerOptions,
  ) {
    const log = openSync(options.logFile, 'a');
    this.child = spawn(command, args, { cwd: options.cwd, stdio: ['ignore', log, log], ...options.user });
    closeSync(log);
    this.ended = once(this.child, 'exit');
    this.ended.catch(() => undefined);
  }

  get pid(): number {
    if (this.child.pid === undefined || this.hasEnded) {
      const said = readFileSync(this.options.logFile, 'utf8').slice(-TAIL_BYTES).trim();
      throw new Error(`${this.command} does not run: ${said}`);
    }
    return this.child.pid;
  }

  async end(): Promise<void> {
    if (this.child.pid === undefined || this.hasEnded) return;
    this.child.kill(this.options.endSignal ?? 'SIGTERM');
    const impatience = setTimeout(() => this.child.kill('SIGKILL'), PATIENCE_MS);
    await this.ended;
    clearTimeout(impatience);
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}

/** Whatever started before a fault is ended, too. */
export async function startAll<Result>(servers: Server[], start: () => Promise<Result>): Promise<Result> {
  try {
    return await start();
  } catch (error) {
    await endAll(servers);
    throw error;
  }
}

export async function endAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(servers.map((server) => server.end()));
}
