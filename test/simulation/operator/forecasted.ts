/**
 * `dryRun`, and the promotion right after it. The outcome must match the forecast if nothing came in between: no
 * fault, no other candidate, and no record that the winning log lacks.
 */
import type { PromotionView } from '@replog/contracts/views.js';
import { BrokenRule } from '../../checkers/records/broken-rule.js';
import { checkForecast } from '../../checkers/records/forecast.js';
import type { StoredRecord } from '../../checkers/records/stored-record.js';
import type { SimulatedCluster } from '../cluster/simulated-cluster.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';
import type { TermStarted } from './terms.js';
import { promote } from './promote.js';
import type { Promoted } from './promote.js';
import { circumstances, inReachOf, isQuiet, standstill } from './standstill.js';

type Logs = ReadonlyMap<string, readonly StoredRecord[]>;

/** The state right after the forecast. */
interface Scene {
  /** Nothing happened while it was made. */
  readonly isStill: boolean;
  readonly circumstances: string;
  readonly standstill: string;
  /** Of the members in reach. */
  readonly logs: Logs;
  readonly unreachable: readonly string[];
}

/** Answers what the promotion came to. */
export async function promoteAsForecast(
  cluster: SimulatedCluster,
  machine: SimulatedNode,
  force = false,
): Promise<Promoted> {
  const wasQuiet = isQuiet(cluster);
  const before = standstill(cluster, machine);
  const forecast = await promote(cluster, machine, { dryRun: true, force });
  const scene = look(cluster, machine, wasQuiet, before);
  let started: { readonly term: TermStarted; readonly logs: Logs } | null = null;
  const stop = cluster.terms.onStarted((term) => {
    if (term.machine === machine) started ??= { term, logs: logsOf(cluster, cluster.machines) };
  });
  const promoted = await promote(cluster, machine, { dryRun: false, force });
  stop();
  cluster.guard(() => compare(cluster, machine, { forecast, promoted, scene, started }));
  return promoted;
}

function look(cluster: SimulatedCluster, machine: SimulatedNode, wasQuiet: boolean, before: string): Scene {
  const after = standstill(cluster, machine);
  const reached = inReachOf(cluster, machine);
  const members = machine.local?.membership.members ?? [];
  return {
    isStill: wasQuiet && before === after && isQuiet(cluster),
    circumstances: circumstances(cluster, machine),
    standstill: after,
    logs: logsOf(cluster, reached),
    unreachable: members.map(({ nodeId }) => nodeId).filter((name) => !reached.some((other) => other.name === name)),
  };
}

interface Comparison {
  readonly forecast: Promoted;
  readonly promoted: Promoted;
  readonly scene: Scene;
  readonly started: { readonly term: TermStarted; readonly logs: Logs } | null;
}

function compare(cluster: SimulatedCluster, machine: SimulatedNode, compared: Comparison): void {
  const { forecast, promoted, scene, started } = compared;
  const isSame = scene.isStill && scene.circumstances === circumstances(cluster, machine);
  if (forecast.kind === 'refused') {
    if (!isSame || scene.standstill !== standstill(cluster, machine)) return cluster.count('forecasts overtaken');
    cluster.count(`forecasts refused: ${forecast.code}`);
    if (promoted.kind === 'refused' && promoted.code === forecast.code) return;
    // Another operator promotes the same node since: only the role machine of that node shows it.
    if (promoted.kind === 'refused' && promoted.code === 'CHANGE_IN_PROGRESS') return;
    const outcome = promoted.kind === 'refused' ? promoted.code : promoted.view.outcome;
    throw new BrokenRule('forecast', `a forecast was refused with ${forecast.code}, the promotion came to ${outcome}`);
  }
  if (promoted.kind === 'refused') return cluster.count(`promotions refused after a forecast: ${promoted.code}`);
  if (promoted.view.outcome !== 'promoted' || forecast.view.outcome !== 'forecast') return;
  if (!isSame || started === null || !hasNothingNew(forecast.view, scene.logs, started.logs, machine)) {
    return cluster.count('forecasts overtaken');
  }
  const { logs, unreachable } = scene;
  checkForecast(forecast.view, { view: promoted.view, history: started.term.history, logs, unreachable });
  cluster.count('forecasts that came true');
  if (forecast.view.orphaned.length > 0) cluster.count('forecasts of orphans that came true');
}

/** No reachable node but the promoted one got a record meanwhile that the winning log lacks. */
function hasNothingNew({ mostAdvanced }: PromotionView, before: Logs, after: Logs, { name }: SimulatedNode): boolean {
  const winning = before.get(mostAdvanced.nodeId) ?? [];
  return [...before].every(([other, records]) => {
    const now = after.get(other) ?? [];
    const isKnown = ({ chain }: StoredRecord, place: number): boolean =>
      records[place]?.chain === chain || winning[place]?.chain === chain;
    return other === name || now.every(isKnown);
  });
}

function logsOf({ logOf }: SimulatedCluster, machines: readonly SimulatedNode[]): Logs {
  return new Map(machines.map((machine) => [machine.name, [...logOf(machine).all]]));
}
