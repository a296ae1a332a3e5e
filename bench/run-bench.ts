/** A whole run: starts the contenders, measures the cases one after the other, then ends and removes everything. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CASES } from './cases/index.js';
import type { Case, ComparedCase, Scene } from './cases/case.js';
import { findProgram, Refusal } from './load/command.js';
import { isNamed } from './options.js';
import type { Options } from './options.js';
import type { Contender, Peer } from './peers/contender.js';
import { PEERS } from './peers/index.js';
import { Replog } from './peers/replog.js';
import { Findings } from './report/findings.js';
import type { BenchResult, ContenderInfo } from './report/result.js';

export type Found = Pick<BenchResult, 'rows' | 'observations' | 'contenders' | 'missing'>;

export interface BenchRun {
  readonly options: Options;
  /** Of ours. */
  readonly version: string;
  readonly signal: AbortSignal;
  watch(sentence: string): void;
}

/** Throws a Refusal if this machine lacks what every case needs. */
export async function runBench({ options, version, signal, watch }: BenchRun): Promise<Found> {
  refuseWithout('curl');
  const folder = ownFolder(options.data);
  const findings = new Findings(watch);
  const scene: Scene = { options, folder, findings, version, signal };
  const chosen = CASES.filter(({ id }) => isNamed(id, options.only));
  try {
    const taking = await runCompared(chosen.filter(isCompared), scene, watch);
    for (const each of chosen) {
      if (each.kind !== 'own') continue;
      watch(each.title);
      await each.run(scene);
    }
    return { rows: findings.rows, observations: findings.observations, ...taking };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Taking = Pick<Found, 'contenders' | 'missing'>;

async function runCompared(cases: readonly ComparedCase[], scene: Scene, watch: BenchRun['watch']): Promise<Taking> {
  const contenders: Contender[] = [];
  const missing: string[] = [];
  if (cases.length === 0) return { contenders: [], missing };
  try {
    contenders.push(await Replog.start(scene.version, { folder: join(scene.folder, 'replog') }));
    for (const peer of scene.options.peers ? PEERS : []) {
      scene.signal.throwIfAborted();
      const started = await startPeer(peer, scene.folder);
      if (typeof started !== 'string') contenders.push(started);
      else missing.push(started);
    }
    missing.forEach(watch);
    for (const each of cases) {
      watch(each.title);
      await each.run(scene, contenders);
    }
    return { contenders: contenders.map(infoOf), missing };
  } finally {
    await Promise.all(contenders.map((contender) => contender.end()));
  }
}

/** Or the reason why it takes no part. The others go on without it. */
export async function startPeer(peer: Peer, folder: string): Promise<Contender | string> {
  try {
    return await peer.start({ folder: join(folder, peer.name.replaceAll(' ', '-').toLowerCase()) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const advice =
      error instanceof Refusal
        ? ` (Debian: ${peer.packages.join(', ')}; "npm run bench:peers" installs all peers)`
        : '';
    return `${peer.name} takes no part: ${reason}${advice}.`;
  }
}

/** Readable for others than its owner: a peer may need its own user. */
function ownFolder(data: string): string {
  mkdirSync(resolve(data), { recursive: true });
  const folder = mkdtempSync(join(resolve(data), 'run-'));
  chmodSync(folder, 0o755);
  return folder;
}

function refuseWithout(program: string): void {
  if (findProgram(program) !== null) return;
  throw new Refusal(`The benchmark needs ${program}, which is not installed (Debian: apt-get install ${program}).`);
}

const isCompared = (each: Case): each is ComparedCase => each.kind === 'compared';

const infoOf = ({ name, version, acknowledgement }: Contender): ContenderInfo => ({ name, version, acknowledgement });
