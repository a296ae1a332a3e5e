/** The end of a run: everything acknowledged is there, once, in one order. */
import { RecordKind } from '@replog/contracts/record.js';
import { BrokenRule } from '../../checkers/records/broken-rule.js';
import type { SimulatedCluster } from '../cluster/simulated-cluster.js';

export function checkFinalLogs(cluster: SimulatedCluster): void {
  for (const machine of cluster.machines) {
    const records = cluster.logOf(machine).all;
    cluster.ledger.requireAll({ nodeId: machine.name, records });
    const seen = new Map<string, number>();
    for (const { kind, text, index } of records) {
      if (kind !== RecordKind.Message) continue;
      const first = seen.get(text);
      if (first !== undefined) {
        throw new BrokenRule('keys', `${machine.name} has ${text} in record ${first} and again in ${index}`);
      }
      seen.set(text, index);
    }
  }
}
