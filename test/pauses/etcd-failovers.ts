/** The same with etcd: its leader is killed under writers, with the election timeout given. `null` where it is not installed. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programOf } from '../../bench/load/command.js';
import { Server, endAll } from '../../bench/peers/server.js';
import { eventually } from '../support/eventually.js';
import { unlessAborted } from '../support/interruption.js';
import { freePort } from '../support/ports.js';

export interface EtcdPlan {
  readonly rounds: number;
  readonly writers: number;
  readonly electionTimeoutMs: number;
  readonly watch: (sentence: string) => void;
  readonly signal: AbortSignal;
}

interface Member {
  readonly name: string;
  readonly client: string;
  readonly peer: string;
}

const WITHIN = { withinMs: 120_000 };
const WRITES_BETWEEN = 500;
const WRITE_TIMEOUT_MS = 5_000;
/** etcd's own default is a tenth of the election timeout. */
const HEARTBEATS = 10;

export async function runEtcdFailovers(plan: EtcdPlan): Promise<readonly number[] | null> {
  let program: string;
  try {
    program = programOf('etcd');
  } catch {
    return null;
  }
  const folder = mkdtempSync(join(tmpdir(), 'replog-etcd-'));
  const run = new EtcdRun(plan, program, folder);
  try {
    return await unlessAborted(plan.signal, () => run.run());
  } finally {
    await run.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

class EtcdRun {
  private members: readonly Member[] = [];
  private readonly servers = new Map<string, Server>();
  private isStopping = false;
  private lastMs = 0;
  private count = 0;

  constructor(
    private readonly plan: EtcdPlan,
    private readonly program: string,
    private readonly folder: string,
  ) {}

  async run(): Promise<readonly number[]> {
    const { plan } = this;
    this.members = await Promise.all(['one', 'two', 'three'].map(memberOf));
    for (const member of this.members) this.start(member);
    await eventually('etcd takes a write', () => this.write(0), WITHIN);
    const writing = Promise.all(Array.from({ length: plan.writers }, (_, writer) => this.keepWriting(writer)));
    const tookMs: number[] = [];
    for (let round = 1; round <= plan.rounds; round++) {
      await this.busy();
      const leader = await this.leader();
      const killedMs = performance.now();
      await this.kill(leader);
      const deadMs = performance.now();
      await eventually('another leader acknowledges', () => this.lastMs > deadMs, WITHIN);
      tookMs.push(this.lastMs - killedMs);
      plan.watch(`etcd, failover ${round}: first write after ${(this.lastMs - killedMs).toFixed(0)} ms`);
      this.start(leader);
      plan.signal.throwIfAborted();
    }
    this.isStopping = true;
    await writing;
    return tookMs;
  }

  end(): Promise<void> {
    this.isStopping = true;
    return endAll([...this.servers.values()]);
  }

  private start(member: Member): void {
    const { electionTimeoutMs } = this.plan;
    mkdirSync(this.folder, { recursive: true });
    const options = {
      name: member.name,
      'data-dir': join(this.folder, member.name),
      'listen-client-urls': member.client,
      'advertise-client-urls': member.client,
      'listen-peer-urls': member.peer,
      'initial-advertise-peer-urls': member.peer,
      'initial-cluster': this.members.map(({ name, peer }) => `${name}=${peer}`).join(','),
      'election-timeout': electionTimeoutMs,
      'heartbeat-interval': Math.round(electionTimeoutMs / HEARTBEATS),
      'log-level': 'error',
    };
    const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    const logFile = join(this.folder, `${member.name}.log`);
    this.servers.set(member.name, new Server(this.program, args, { cwd: this.folder, logFile, endSignal: 'SIGKILL' }));
  }

  private async kill({ name }: Member): Promise<void> {
    await this.servers.get(name)?.end();
  }

  /** Goes to the next member where one does not take a write, as the writers of Replog do. */
  private async keepWriting(writer: number): Promise<void> {
    for (let place = writer; !this.isStopping;) {
      if (await this.write(place)) continue;
      place += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private async write(place: number): Promise<boolean> {
    const member = this.members[place % this.members.length] as Member;
    const value = Buffer.from(`write ${(this.count += 1)}`).toString('base64');
    const body = JSON.stringify({ key: value, value });
    const signal = AbortSignal.timeout(WRITE_TIMEOUT_MS);
    try {
      const { ok } = await fetch(`${member.client}/v3/kv/put`, { method: 'POST', body, signal });
      if (ok) this.lastMs = performance.now();
      return ok;
    } catch {
      return false;
    }
  }

  private async busy(): Promise<void> {
    const soFar = this.count;
    await eventually('the writers are under way', () => this.count > soFar + WRITES_BETWEEN, WITHIN);
  }

  private async leader(): Promise<Member> {
    for (const member of this.members) {
      const answer = await fetch(`${member.client}/v3/maintenance/status`, { method: 'POST', body: '{}' });
      const { header, leader } = (await answer.json()) as { header: { member_id: string }; leader: string };
      if (header.member_id === leader) return member;
    }
    throw new Error('etcd has no leader');
  }
}

async function memberOf(name: string): Promise<Member> {
  const [client, peer] = [await freePort(), await freePort()];
  return { name, client: `http://127.0.0.1:${client}`, peer: `http://127.0.0.1:${peer}` };
}
