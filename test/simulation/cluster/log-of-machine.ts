/** The log of a machine as its disk holds it; the ledgers of the run hear what comes into it and what leaves it. */
import type { ClusterLedger } from '../../checkers/records/cluster-ledger.js';
import { DurableLog } from '../../checkers/records/durable-log.js';
import type { SimulatedNode } from './simulated-node.js';
import { textsOf } from './told-records.js';

interface Ledgers {
  readonly ledger: Pick<ClusterLedger, 'becameDurable'>;
  readonly orphaned: Set<string>;
  readonly when: string;
  count(what: string, times?: number): void;
  takeAway(machine: SimulatedNode, texts: Iterable<string>): void;
}

export function logOfMachine(cluster: Ledgers, machine: SimulatedNode): DurableLog {
  const { name, directory, disk } = machine;
  const medium = {
    names: () => disk.files.durableNames(),
    contentOf: (path: string) => disk.files.durableContentOf(path),
  };
  const log: DurableLog = new DurableLog(
    name,
    directory,
    () => medium,
    (record) => cluster.ledger.becameDurable(name, record),
    {
      setAside: (records) => {
        const texts = textsOf(records);
        for (const text of texts) cluster.orphaned.add(text);
        cluster.count(`logs cut ${cluster.when}`);
        cluster.count(`logs cut ${cluster.when}: messages set aside`, texts.length);
      },
      destroyed: (records) => {
        const here = log.copies();
        const texts = textsOf(records).filter((text) => !here.has(text));
        cluster.takeAway(machine, texts);
      },
    },
  );
  disk.onSynced = () => log.touch();
  return log;
}
