/** What changes of master have set aside, and how it comes back. */
import type { LogPosition } from '@replog/contracts/record.js';
import type { BatchReceipt } from '@replog/contracts/views.js';
import { ReappendService } from '@replog/cluster/orphans/reappend.service.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import type { AppendedLines, MasterAppend, ReappendLine } from '@replog/cluster/orphans/master-append.port.js';
import { batchOf } from '@replog/master/writes/parsing/batch.js';
import { messagesOfOrphans } from '@replog/cluster/orphans/orphan-messages.js';
import type { SimulatedNode } from '../../simulation/cluster/simulated-node.js';
import type { Stage } from '../stage/stage.js';
import { errorWords, recordWords } from '../stage/words.js';
import { inTime } from './action.js';
import type { Actions } from './action.js';

const PATIENCE_MS = 10_000;

export const ORPHAN_COMMANDS: Actions = {
  /** `orphans n1`: the sets of that node with their messages. */
  orphans: async (stage, { words }) => {
    const lines: string[] = [];
    await stage.finish(listed(stage, stage.machine(words[0]), lines));
    return lines;
  },
  /** `reappend n1 epoch-2-records-7-8`. */
  reappend: inTime(async (stage, { words }) => {
    const machine = stage.machine(words[0]);
    const { local, name } = machine;
    if (local === null) throw new Error(`${name} is down`);
    const overNetwork = new OverNetwork(stage, machine);
    const service = new ReappendService(local.store, local, overNetwork, overNetwork);
    const what = await service
      .reappend(words[1] as string)
      .then(
        ({ messages, appended, duplicates, conflicts }) =>
          `200: messages ${messages}, ${appended} appended, ${duplicates} there already, ${conflicts.length} conflicts`,
        errorWords,
      );
    stage.tell({ by: name, to: 'operator', what });
  }),
};

async function listed({ incarnations }: Stage, { local, name }: SimulatedNode, lines: string[]): Promise<void> {
  if (local === null) throw new Error(`${name} is down`);
  for (const { id, firstIndex, lastIndex, epoch, master } of await local.store.orphanSets()) {
    lines.push(`${id}: records ${firstIndex}-${lastIndex}, not in the history of ${master} in epoch ${epoch}`);
    for await (const record of messagesOfOrphans(local.store, id)) {
      const words = recordWords({ ...record, text: record.payload.toString() }, incarnations);
      lines.push(`  record ${record.index} of epoch ${record.epoch}: ${words}`);
    }
  }
  if (lines.length === 0) lines.push(`${name} has none`);
}

/** A node as a client of the master, over the simulated network. */
class OverNetwork implements MasterAppend, Pick<Transport, 'position'> {
  constructor(
    private readonly stage: Stage,
    private readonly from: SimulatedNode,
  ) {}

  async append(masterUrl: string, lines: readonly ReappendLine[]): Promise<AppendedLines> {
    const { cluster, machines } = this.stage;
    const target = machines.find(({ url }) => url === masterUrl) ?? null;
    const batch = lines.map(({ key, payload }, place) => ({ line: place + 1, key, payload }));
    const receipt = await cluster.calls.call<BatchReceipt>(
      this.stage.caller(this.from.name),
      target,
      PATIENCE_MS,
      async (door) => {
        const master = await door.masterForWrite();
        return master.term.writes.appends.appendBatch(batchOf(batch), {
          concern: 'majority',
          timeoutMs: PATIENCE_MS / 2,
        });
      },
    );
    return { appended: receipt.appended, duplicates: receipt.duplicates.length };
  }

  position(url: string, index: number): Promise<LogPosition | null> {
    const { cluster, machines } = this.stage;
    const target = machines.find((machine) => machine.url === url) ?? null;
    return cluster.calls.call(this.stage.caller(this.from.name), target, PATIENCE_MS, ({ peer }) =>
      peer.position(index),
    );
  }
}
