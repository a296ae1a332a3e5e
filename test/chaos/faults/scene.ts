/** What faults act on, and what they leave for the report. */
import { eventually } from '../../support/eventually.js';
import type { ChaosCluster } from '../cluster/chaos-cluster.js';
import type { ChaosNode } from '../cluster/chaos-node.js';
import type { Operator } from '../cluster/operator.js';
import type { NodeLog } from '../../checkers/history.js';
import type { Step } from './schedule.js';

/** The fault is not possible now. The reason goes into the report. */
export class NotNow extends Error {
  override readonly name = 'NotNow';
}

/** A change of master that an operator ordered, or the death of a master. */
export interface Change {
  readonly kind: 'transfer' | 'failover';
  readonly commandedMs: number;
  readonly answeredMs: number;
  /** No other fault was under way: only such changes are measured. */
  readonly isClean: boolean;
}

export interface Scene {
  readonly cluster: ChaosCluster;
  readonly operator: Operator;
  /** Faults under way in both lanes. */
  underWay: number;
  readonly changes: Change[];
  /** Orphans of nodes whose disk was wiped: an operator keeps them. */
  readonly savedOrphans: NodeLog[];
  /** What directories had and the older copies have not that replaced them: an operator keeps that too. */
  readonly savedTails: NodeLog[];
  readonly note: (sentence: string) => void;
}

export type Fault = (scene: Scene, step: Step) => Promise<void>;

const START_PATIENCE_MS = 500;
const STARTED_WITHIN_MS = 15_000;
const CLAIM_WITHIN_MS = 4_000;
/** While there is no master, a fault waits a short time for the next one. */
const MASTER_WITHIN_MS = 5_000;
export const LOOK_EVERY_MS = 250;

/** Reserves the nodes while `body` runs: two faults never act on one node at a time. */
export async function claiming(nodes: readonly ChaosNode[], body: () => Promise<void>): Promise<void> {
  const isFree = (): boolean => nodes.every((node) => !node.isClaimed && node.condition === 'running');
  await eventually('the nodes are free', isFree, { withinMs: CLAIM_WITHIN_MS }).catch(() => {
    throw new NotNow('the nodes are in other hands');
  });
  for (const node of nodes) node.isClaimed = true;
  try {
    await body();
  } finally {
    for (const node of nodes) node.isClaimed = false;
  }
}

export async function aimed({ cluster, operator }: Scene, { aim, dice }: Step): Promise<ChaosNode> {
  const master = aim === 'master' ? await operator.master() : null;
  const place = typeof aim === 'number' ? aim : Math.floor(dice * cluster.nodes.length);
  return master ?? (cluster.nodes[place] as ChaosNode);
}

export async function requireMaster({ operator }: Scene): Promise<ChaosNode> {
  const bound = { withinMs: MASTER_WITHIN_MS, everyMs: LOOK_EVERY_MS };
  return eventually('there is a master', () => operator.master(), bound).catch(() => {
    throw new NotNow('there is no master');
  });
}

/** One of the others, by the dice. */
export function otherThan(node: ChaosNode, { cluster }: Scene, dice: number): ChaosNode {
  const others = cluster.nodes.filter((other) => other !== node && other.condition === 'running');
  const other = others[Math.floor(dice * others.length)];
  if (other === undefined) throw new NotNow('nobody else is running');
  return other;
}

/** Starts a node and waits, not for ever, until it answers: how long that takes is up to the machine. */
export async function start(scene: Scene, node: ChaosNode): Promise<void> {
  node.start();
  const answers = async (): Promise<boolean> =>
    (await node.client(START_PATIENCE_MS).get('/healthcheck')).status === 200;
  await eventually(`${node.nodeId} answers`, answers, { withinMs: STARTED_WITHIN_MS }).catch(() => undefined);
  scene.note(`${node.nodeId} started`);
}

export function lasting(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
