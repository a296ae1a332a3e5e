/** The routes of the orphans, without HTTP: the service of production, which appends at the master as a client does. */
import { encodedLength } from '@replog/contracts/encode-records.js';
import { ReplogError } from '@replog/contracts/errors.js';
import { ReappendService } from '@replog/cluster/orphans/reappend.service.js';
import { HEADERS } from '@replog/contracts/http.js';
import { refuseOtherCluster } from '@replog/http/forward/refuse-other-cluster.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import type { NodeParts } from '@replog/cluster/node/node-parts.js';
import type { AppendedLines, MasterAppend } from '@replog/cluster/orphans/master-append.port.js';
import { batchOf } from '@replog/master/writes/parsing/batch.js';
import type { Process } from '../engine/process.js';
import type { Caller, Calls } from './calls.js';
import { NoAnswerError } from './calls.js';
import type { OrphansDoor } from './orphans-door.js';
import type { Directory, MasterDoor } from './directory.js';

const TIMEOUT_MS = 2_000;

export class SimulatedMasterAppend implements MasterAppend {
  private readonly caller: Caller;

  constructor(
    private readonly calls: Calls,
    private readonly directory: Directory,
    process: Process,
    private readonly node: Pick<LocalNode, 'clusterId'>,
  ) {
    this.caller = {
      name: process.name,
      mayRepeat: false,
      run: (step) => process.run(step),
      after: (ms, run) => process.after(ms, run),
    };
  }

  async append(masterUrl: string, lines: Parameters<MasterAppend['append']>[1]): Promise<AppendedLines> {
    const batch = lines.map(({ key, payload }, place) => ({ line: place + 1, key, payload: Buffer.from(payload) }));
    try {
      const receipt = await this.calls.call(
        this.caller,
        this.directory.find(masterUrl),
        2 * TIMEOUT_MS,
        async (door) => {
          refuseOtherCluster({ [HEADERS.cluster]: this.node.clusterId ?? undefined }, door.node.clusterId);
          const master = await door.masterForWrite();
          requireFits(batch, master.config);
          return master.term.writes.appends.appendBatch(batchOf(batch), { concern: 'majority', timeoutMs: TIMEOUT_MS });
        },
      );
      if (receipt.outcome === 'pending') throw new ReplogError('NO_QUORUM', 'No majority has the messages yet.');
      return { appended: receipt.appended, duplicates: receipt.duplicates.length };
    } catch (error) {
      if (error instanceof NoAnswerError) throw new ReplogError('NO_MASTER', 'The master did not answer.');
      throw error;
    }
  }
}

/** The check of the batch's length that its body reader would make. */
function requireFits(
  batch: readonly { readonly key: string | null; readonly payload: Buffer }[],
  { maxInflightBytes, segmentBytes }: MasterDoor['config'],
): void {
  const bytes = batch.reduce((sum, { key, payload }) => sum + encodedLength(key?.length ?? 0, payload.length), 0);
  if (bytes > Math.min(maxInflightBytes, segmentBytes)) throw new ReplogError('BATCH_TOO_LARGE', 'too much at once');
}

export function orphansDoor({ node, log, transport }: NodeParts, master: MasterAppend): OrphansDoor {
  const service = new ReappendService(log, node, master, transport);
  return { list: () => log.orphanSets(), reappend: (id) => service.reappend(id) };
}
