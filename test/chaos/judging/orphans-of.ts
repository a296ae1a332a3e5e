/** Everything a node has set aside, as one list for the checkers: asked of a living node, read from a dead one. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MessageView } from '@replog/contracts/views.js';
import { RecordKind } from '@replog/contracts/record.js';
import { readRecords } from '../../checkers/records/stored-record.js';
import type { NodeLog } from '../../checkers/history.js';
import { orphanSets, readOrphans } from '../../support/operator.js';
import type { ChaosNode } from '../cluster/chaos-node.js';

export async function orphansOf({ nodeId, process }: ChaosNode): Promise<NodeLog> {
  const messages: MessageView[] = [];
  for (const { id } of await orphanSets(process)) messages.push(...(await readOrphans(process, id)).body.data);
  return { nodeId, messages };
}

export function orphansOnDisk({ nodeId, process }: ChaosNode): NodeLog {
  const directory = join(process.dataDir, 'orphans');
  if (!existsSync(directory)) return { nodeId, messages: [] };
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.log'));
  const records = names.flatMap((name) => readRecords(readFileSync(join(directory, name)), 0, null));
  const messages = records
    .filter(({ kind }) => kind === RecordKind.Message)
    .map(({ seq, epoch, key, text }) => ({ seq, epoch, key, timestamp: '', message: JSON.parse(text) as unknown }));
  return { nodeId, messages };
}
