/**
 * Three nodes whose every sync takes a random time, up to two seconds, and one of whose links loses one packet in five. No
 * master is dead, so none may be replaced. Needs networks of its own: see `enter.ts`.
 */
import { fileURLToPath } from 'node:url';
import { run } from '../chaos/network/namespaces/commands.js';
import { isAlone, whyNoNamespaces } from '../chaos/network/namespaces/enter.js';
import { Cluster } from '../support/cluster.js';
import { FollowingWriters } from '../support/following-writers.js';
import { unlessAborted } from '../support/interruption.js';

export interface WeatherPlan {
  readonly minutes: number;
  readonly writers: number;
  readonly watch: (sentence: string) => void;
  readonly signal: AbortSignal;
}

export interface WeatherResult {
  readonly minutes: number;
  readonly acknowledged: number;
  /** Changes of master, by the epochs that writes were acknowledged in. */
  readonly changes: number;
}

const SLOW_SYNC_MS = 2_000;
const LOST_SHARE = '0.2';
const LOOK_MS = 30_000;
const SLOW_SYNCS = fileURLToPath(new URL('slow-syncs.cjs', import.meta.url));

/** Why no packets can be lost here; `null` where they can. It is asked before anything is measured. */
export function whyNoBadWeather(): string | null {
  if (!isAlone()) return whyNoNamespaces() ?? 'this process is not alone in its network';
  try {
    run('iptables', ['--version']);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  }
}

export async function runBadWeather(plan: WeatherPlan): Promise<WeatherResult> {
  const cluster = await Cluster.start(2, { HEALTHCHECK_DELAY: '2', HEALTHCHECK_TIMEOUT: '1', LOG_LEVEL: 'info' });
  try {
    return await unlessAborted(plan.signal, () => weather(plan, cluster));
  } finally {
    await cluster.end();
  }
}

async function weather(
  { minutes, writers: count, watch, signal }: WeatherPlan,
  cluster: Cluster,
): Promise<WeatherResult> {
  const { master, secondaries, nodes } = cluster;
  for (const node of nodes) {
    await node.stop();
    node.start({ NODE_OPTIONS: `--require ${SLOW_SYNCS}`, SLOW_SYNC_MS: String(SLOW_SYNC_MS) });
    if (node === master) await cluster.ready(master);
  }
  await cluster.allMembers();
  losePackets(secondaries[0]?.port ?? 0);
  const writers = new FollowingWriters([master.url]);
  writers.start(count);
  const untilMs = performance.now() + minutes * 60_000;
  const { epoch } = await master.client.cluster();
  while (performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(LOOK_MS, Math.max(0, untilMs - performance.now()))));
    signal.throwIfAborted();
    watch(`bad weather: ${writers.acknowledged.length} acknowledged, epoch ${writers.acknowledged.at(-1)?.epoch}`);
  }
  const views = await Promise.all(nodes.map(({ client }) => client.cluster()));
  await writers.stop();
  return {
    minutes,
    acknowledged: writers.acknowledged.length,
    changes: Math.max(...views.map((view) => view.epoch)) - epoch,
  };
}

/** Of everything to and from `port`, at random. */
function losePackets(port: number): void {
  for (const side of ['--dport', '--sport']) {
    const packets = ['-i', 'lo', '-p', 'tcp', side, String(port)];
    run('iptables', [
      ...['-A', 'INPUT', ...packets],
      ...['-m', 'statistic', '--mode', 'random', '--probability', LOST_SHARE, '-j', 'DROP'],
    ]);
  }
}
