/** Views: the state of nodes, and what is on their disks. */
import { RecordKind } from '@replog/contracts/record.js';
import type { MemberView } from '@replog/contracts/views.js';
import type { StoredRecord } from '../../checkers/records/stored-record.js';
import type { SimulatedNode } from '../../simulation/cluster/simulated-node.js';
import type { Stage } from '../stage/stage.js';
import { inNames, recordWords, shortened } from '../stage/words.js';
import type { Actions } from './action.js';
import { machinesIn } from './machines.js';

export const VIEW_COMMANDS: Actions = {
  /** `cluster`, `cluster n1 n2`: how nodes see themselves. */
  cluster: (stage, { words }) => (words.length === 0 ? stage.machines : machinesIn(stage, words)).map(clusterLine),

  /** `members`: how the master sees the others. */
  members: async (stage) => {
    const term = stage.master?.local?.term ?? null;
    const lines: string[] = [];
    if (term === null) return ['there is no master'];
    await stage.finish(term.members().then((members) => void lines.push(...members.map(memberLine))));
    return lines;
  },

  /** `log`, `log n1 n2 after=6`: every record on their disks, and on whose. */
  log: (stage, command) => {
    const after = Number(command.option('after') ?? 0);
    const machines = command.words.length === 0 ? stage.machines : machinesIn(stage, command.words);
    const rows = new Map<string, { record: StoredRecord; on: string[] }>();
    for (const machine of machines) {
      for (const record of stage.cluster.logOf(machine).all) {
        if (record.index <= after) continue;
        const place = `${record.index}/${record.chain}`;
        const row = rows.get(place) ?? { record, on: [] };
        row.on.push(machine.name);
        rows.set(place, row);
      }
    }
    const sorted = [...rows.values()].sort((one, other) => one.record.index - other.record.index);
    return sorted.map(({ record, on }) => logLine(stage, record, on));
  },

  /** `agree`: checks that all logs are the same and contain everything acknowledged. */
  agree: (stage) => {
    const { cluster, machines } = stage;
    const [first, ...others] = machines.map((machine) => cluster.logOf(machine).all.at(-1));
    if (first === undefined || others.some((last) => last?.chain !== first.chain)) {
      stage.broken.push('the logs do not agree');
      return ['THE LOGS DIFFER'];
    }
    for (const machine of machines) {
      const records = cluster.logOf(machine).all;
      cluster.guard(() => cluster.ledger.requireAll({ nodeId: machine.name, records }));
    }
    const texts = cluster
      .logOf(machines[0] as SimulatedNode)
      .all.filter(({ kind }) => kind === RecordKind.Message)
      .map(({ text }) => shortened(text));
    return [`all logs are equal up to record ${first.index}; messages ${texts.join(' ')}`];
  },
};

function clusterLine({ name, process, local }: SimulatedNode): string {
  if (local === null) return `${name.padEnd(4)} ${process === null ? 'down' : 'starting'}`;
  const { role, epoch, committed, store, master, term } = local;
  const exposure = term === null ? '' : `, exposure ${term.exposure}`;
  const whose = master === null ? 'no master known' : `master ${master.nodeId}`;
  return `${name.padEnd(4)} ${role.padEnd(9)} epoch ${epoch}, ${whose}, last ${store.last.index}, committed ${committed}${exposure}`;
}

function memberLine({ nodeId, state, lastIndex, lag, reason }: MemberView): string {
  return `${nodeId.padEnd(4)} ${state.padEnd(11)} last ${lastIndex}, lag ${lag?.records ?? 0}: ${inNames(reason)}`;
}

function logLine({ incarnations }: Stage, record: StoredRecord, on: readonly string[]): string {
  const { index, epoch } = record;
  return `${String(index).padStart(3)}  epoch ${epoch}  ${recordWords(record, incarnations).padEnd(34)}  on ${on.join(' ')}`;
}
