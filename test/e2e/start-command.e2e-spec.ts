/** `npm start` as its user sees it: the script itself, real processes, what is printed. The build is there already. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort, isFree } from '../support/ports.js';

const bash = (line: string) => promisify(execFile)('bash', ['-c', line]);
const BOUND = { timeout: 50_000, interval: 50 };

/** One `npm start` under way. */
class StartCommand {
  printed = '';
  readonly process: ChildProcess;

  constructor(environment: NodeJS.ProcessEnv) {
    this.process = spawn(process.execPath, ['scripts/start.mjs'], { env: { ...process.env, ...environment } });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.printed += chunk.toString()));
    }
  }

  async running(): Promise<void> {
    await expect.poll(() => this.printed, BOUND).toMatch(/Stop {2}/);
  }

  async stopped(): Promise<number | null> {
    if (this.process.exitCode === null) await once(this.process, 'exit');
    return this.process.exitCode;
  }

  interrupt(): Promise<number | null> {
    this.process.kill('SIGINT');
    return this.stopped();
  }

  pidOf(nodeId: string): number {
    return Number(new RegExp(`^ +${nodeId} .* (\\d+)$`, 'm').exec(this.printed)?.[1]);
  }

  get curlLine(): string {
    return /curl .*/.exec(this.printed)?.[0] ?? '';
  }
}

/** The first of three ports in a row that nobody listens on. */
async function freePorts(): Promise<number> {
  const first = await freePort();
  return (await isFree(first + 1)) && (await isFree(first + 2)) ? first : freePorts();
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('npm start', () => {
  let environment: NodeJS.ProcessEnv;
  let folder: string;
  let commands: StartCommand[];

  const start = (): StartCommand => {
    const command = new StartCommand(environment);
    commands.push(command);
    return command;
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'replog-start-'));
    environment = { MASTER_PORT: String(await freePorts()), SECONDARIES: '2', DATA_DIR: folder };
    commands = [];
  });

  afterEach(async () => {
    await Promise.all(commands.map((command) => command.interrupt()));
    rmSync(folder, { recursive: true });
  });

  it('runs a master and two secondaries, keeps the data for the next time, and then runs with one', async () => {
    const first = start();
    await first.running();
    expect(JSON.parse((await bash(first.curlLine)).stdout)).toMatchObject({ seq: 1, outcome: 'satisfied' });
    const pids = ['master', 'secondary-1', 'secondary-2'].map((nodeId) => first.pidOf(nodeId));

    expect(await first.interrupt()).toBe(0);
    expect(pids.filter(isRunning)).toEqual([]);

    environment = { ...environment, SECONDARIES: '1' };
    const second = start();
    await second.running();
    expect(second.printed).not.toMatch(/Installing|Building/);
    expect(second.printed).toContain('secondary-2 has left');
    expect(second.printed).toContain('Two nodes cannot fail over; three can');
    expect(second.pidOf('secondary-2')).toBeNaN();
    const written = JSON.parse((await bash(second.curlLine.replace('/messages/1', '/messages/all'))).stdout) as object;
    expect(written).toMatchObject({ seq: 2, writeConcern: { secondaries: 1 } });
    const logged = readFileSync(join(folder, 'master.log'), 'utf8');
    expect(logged).not.toContain('/write-concern');
  });

  it('goes on without the master that was killed: another takes its place, and it says how to start it again', async () => {
    const command = start();
    await command.running();
    await bash(/Failover {2,}(kill -9 \d+)/.exec(command.printed)?.[1] ?? 'false');

    await expect.poll(() => command.printed, BOUND).toMatch(/NODE_ID=master .*ELECTION_TIMEOUT=2 npm run start:master/);
    expect(command.printed).toContain('was ended by SIGKILL. The others go on.');
    await expect.poll(() => command.printed, BOUND).toMatch(/secondary-\d {2}master in epoch \d+ /);
    const otherPort = String(Number(environment['MASTER_PORT']) + 1);
    const line = command.curlLine.replace(/localhost:\d+\/messages\/2/, `localhost:${otherPort}/messages/1`);
    expect(JSON.parse((await bash(line)).stdout)).toMatchObject({ epoch: expect.any(Number), outcome: 'satisfied' });
    expect(command.process.exitCode).toBeNull();
  });

  it('says in a sentence that a port is in use', async () => {
    const first = start();
    await first.running();
    const second = start();

    expect(await second.stopped()).toBe(1);
    expect(second.printed).toMatch(/^Port \d+ is in use: .*$/m);
    expect(isRunning(first.pidOf('master'))).toBe(true);
  });

  it('lists every fault of its configuration at once, and exits with 78', async () => {
    environment = { ...environment, LOG_LEVEL: 'loud', SECONDARIES: '900', HEALTHCHECK_DELAY: 'often' };
    const command = start();

    expect(await command.stopped()).toBe(78);
    expect(command.printed).toMatch(/^The configuration has 3 faults:\n {2}\w/);
    for (const variable of ['LOG_LEVEL', 'SECONDARIES', 'HEALTHCHECK_DELAY']) {
      expect(command.printed).toContain(`  ${variable} is `);
    }
  });
});

describe('a version of Node', () => {
  /** What the gate that runs before every script says to it. */
  const refusalOf = (version: string): string => {
    const pretend = `Object.defineProperty(process.versions, 'node', { value: '${version}' });`;
    return spawnSync(process.execPath, ['-e', `${pretend} require('./scripts/node-version.cjs')`]).stderr.toString();
  };

  it.each(['20.19.0', '20.20.2', '22.12.0', '23.0.0', '24.1.0', '26.0.0'])('%s may run us', (version) => {
    expect(refusalOf(version)).toBe('');
  });

  it.each(['12.22.12', '18.20.4', '20.18.3', '21.7.3', '22.11.0'])('%s is refused with a sentence', (version) => {
    expect(refusalOf(version)).toBe(
      `Replog runs on Node.js 20.19 or a later 20, and on 22.12 or anything newer. This is ${version}: ` +
        'install a current one from https://nodejs.org.\n',
    );
  });
});
