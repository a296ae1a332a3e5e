/** Finds out whether the master's history went on by force where it parts from this log. */
import { checkRecords } from '@replog/contracts/record-run.js';
import type { LogPosition } from '@replog/contracts/record.js';
import { wentOnByForce } from '@replog/core/link/forced-history.js';
import type { FollowerPorts } from './follower-ports.js';

const CALL = { timeoutMs: 10_000 };

export class ForceSearch {
  constructor(private readonly ports: Pick<FollowerPorts, 'node' | 'transport'>) {}

  /**
   * `records` of the master follow `previous`, the last record that both logs share. Usually they have the answer; further
   * records are fetched until one has it. Rejects where the master cannot be asked: the next link tries again.
   */
  async isForced(records: Buffer, previous: LogPosition, master: string): Promise<boolean> {
    const { node } = this.ports;
    const { epoch } = (await node.store.positionAt(node.committed)) ?? previous;
    let before = previous;
    for (let block = records; ; block = await this.fetch(master, before.index + 1)) {
      const { last, fault } = checkRecords(block, 0, block.length, before);
      if (fault !== null)
        throw new Error(`${master} returned a record after ${last.index} that does not follow (${fault})`);
      if (last.index === before.index) return false;
      const isForced = wentOnByForce(block, epoch);
      if (isForced !== null) return isForced;
      before = last;
    }
  }

  private fetch(master: string, fromIndex: number): Promise<Buffer> {
    const { node, transport } = this.ports;
    const url = node.addressOf(master) ?? (node.master?.nodeId === master ? node.master.url : null);
    if (url === null) throw new Error(`${master} has no known address`);
    return transport.records(url, fromIndex, CALL);
  }
}
