/** Runs the checkers that chaos uses over the end of a run: what clients were told, and what every node has. */
import { RecordKind } from '@replog/contracts/record.js';
import type { MessageView } from '@replog/contracts/views.js';
import { findTornBatches } from '../../checkers/batches.js';
import { checkHistory } from '../../checkers/check-history.js';
import { findIntruders } from '../../checkers/contents.js';
import { identityOf } from '../../checkers/history.js';
import { findNotKept } from '../../checkers/kept.js';
import { findVanished } from '../../checkers/reads.js';
import type { NodeLog, Violation, Write } from '../../checkers/history.js';
import { BrokenRule } from '../../checkers/records/broken-rule.js';
import type { StoredRecord } from '../../checkers/records/stored-record.js';
import type { SimulatedCluster } from '../cluster/simulated-cluster.js';
import type { Story } from '../load/story.js';

export function checkStory(cluster: SimulatedCluster, story: Story): void {
  const [first, ...others] = findViolations(cluster, story);
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  throw new BrokenRule('history', `${first.kind}: ${first.sentence}${more}`);
}

function findViolations(cluster: SimulatedCluster, { chapters, shown }: Story): Violation[] {
  const logs = cluster.machines.map((machine) => logOf(machine.name, cluster.logOf(machine).all));
  const kept = cluster.machines.map((machine) => logOf(machine.name, cluster.logOf(machine).keptAside));
  const writes = chapters.flatMap((chapter) => chapter.writes);
  const strong = new Set(chapters.flatMap(({ isStrong, texts }) => (isStrong ? texts : [])));
  const batches = chapters.filter(({ texts }) => texts.length > 1).map((chapter) => chapter.writes);
  const wasSetAside = ({ message }: Write): boolean => cluster.orphaned.has(message as string);
  const asShown = new Map([...shown].map(([seq, { epoch, text }]) => [seq, identityOf(viewOf(seq, epoch, text))]));
  return [
    ...checkHistory({ writes, logs }, { mustSurvive: ({ message }) => strong.has(message as string) }),
    ...findNotKept(logs[0] as NodeLog, kept, writes),
    ...logs.flatMap((log) => [...findVanished(log, asShown), ...findTornBatches(log, batches, wasSetAside)]),
    ...kept.flatMap((log) => findIntruders(log, writes)),
  ];
}

function logOf(nodeId: string, records: readonly StoredRecord[]): NodeLog {
  const messages = records.filter(({ kind }) => kind === RecordKind.Message);
  return { nodeId, messages: messages.map(({ seq, epoch, text }) => viewOf(seq, epoch, text)) };
}

/** Messages are compared by their text as it was sent. */
function viewOf(seq: number, epoch: number, text: string): MessageView {
  return { seq, epoch, timestamp: '', key: null, message: text };
}
