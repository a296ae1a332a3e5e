/** Ourselves: a master and secondaries from the build, as anyone would run them. */
import { mkdirSync } from 'node:fs';
import { HEADERS, MEDIA } from '@replog/contracts/http.js';
import { API_KEY, Cluster } from '../../test/support/cluster.js';
import type { NodeProcess } from '../../test/support/node-process.js';
import { MESSAGE } from '../load/load.js';
import type { Load, LoadResult } from '../load/load.js';
import { runHttpLoad } from '../load/http-load.js';
import { sumOf, syncsOf } from '../measure/syncs.js';
import type { Syncs } from '../measure/syncs.js';
import type { Contender, Setting } from './contender.js';

/** As in production, where the tests would have it quicker or smaller. */
const AS_IN_PRODUCTION = {
  HEALTHCHECK_DELAY: '2',
  HEALTHCHECK_TIMEOUT: '1',
  SEGMENT_BYTES: '64MiB',
  LOG_LEVEL: 'warn',
};

export async function startNodes(secondaries: number, { folder }: Setting): Promise<Cluster> {
  mkdirSync(folder, { recursive: true });
  return Cluster.start(secondaries, AS_IN_PRODUCTION, { folder });
}

export class Replog implements Contender {
  readonly name = 'Replog';
  readonly acknowledgement = 'synced on the disks of the master and of as many secondaries as the write concern says';

  constructor(
    readonly version: string,
    readonly cluster: Cluster,
  ) {}

  static async start(version: string, setting: Setting, secondaries = 2): Promise<Replog> {
    return new Replog(version, await startNodes(secondaries, setting));
  }

  get processes(): readonly number[] {
    return this.cluster.nodes.filter(({ isRunning }) => isRunning).map(({ pid }) => pid);
  }

  canTake(): boolean {
    return true;
  }

  async run({ clients, batch, seconds, concern }: Load): Promise<LoadResult> {
    const { master } = this.cluster;
    const pendingBefore = await pendingOf(master);
    const result = await runHttpLoad({
      url: `${master.url}/messages/${concern}`,
      clients,
      seconds,
      headers: { [HEADERS.apiKey]: API_KEY, 'content-type': batch === 1 ? MEDIA.json : MEDIA.ndjson },
      body: bodyOf(batch),
    });
    // The load generator takes a 202 for a success. A write that did not meet its concern in time is none.
    return { ...result, failures: result.failures + (await pendingOf(master)) - pendingBefore };
  }

  syncs(): Promise<readonly Syncs[]> {
    return Promise.all(
      this.cluster.nodes.filter(({ isRunning }) => isRunning).map(async (node) => syncsOf(await metricsOf(node))),
    );
  }

  end(): Promise<void> {
    return this.cluster.end();
  }
}

export function bodyOf(batch: number): string {
  return Array.from({ length: batch }, () => JSON.stringify({ message: MESSAGE })).join('\n');
}

export async function metricsOf(node: NodeProcess): Promise<string> {
  return (await node.client.get<string>('/metrics')).body;
}

const pendingOf = async (node: NodeProcess): Promise<number> =>
  sumOf(await metricsOf(node), 'replog_appends_total', 'outcome="pending"');
