/**
 * When all logs agree, the operator appends the orphans of every node again, and then once more, which must change
 * nothing. Then everything ever acknowledged is in the log.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import { RecordKind } from '@replog/contracts/record.js';
import type { OrphanSet } from '@replog/log-store/log-store.port.js';
import type { Reappended } from '@replog/cluster/orphans/reappend.service.js';
import { BrokenRule } from '../../checkers/records/broken-rule.js';
import type { SimulatedCluster } from '../cluster/simulated-cluster.js';
import type { SimulatedNode } from '../cluster/simulated-node.js';
import type { Clients } from '../load/clients.js';

const REAPPENDED_WITHIN_MS = 120_000;
const RETRY_MS = 500;

export interface OrphanScene {
  readonly cluster: SimulatedCluster;
  readonly clients: Clients;
  /** Runs events until `holds` or for `ms`; answers whether it came to hold. */
  readonly runUntil: (ms: number, holds: () => boolean) => Promise<boolean>;
}

export class OrphanPhase {
  constructor(private readonly scene: OrphanScene) {}

  async appendAllTwice(): Promise<void> {
    const { cluster, clients } = this.scene;
    clients.trace.add('phase', 'what was set aside is appended again, twice');
    for (const { appended } of await this.appendAll()) cluster.count('orphans appended again', appended);
    const length = this.messages();
    const again = (await this.appendAll()).find(({ appended }) => appended > 0);
    if (again === undefined && this.messages() === length) return;
    const sentence = `appending the orphans again for the second time appended ${again?.appended ?? 'something'} of ${again?.id ?? 'a set'}`;
    throw new BrokenRule('reappend', sentence);
  }

  /** Every acknowledged message is in the log now, except those whose last disk was lost. */
  checkKept(): void {
    const { cluster } = this.scene;
    for (const machine of cluster.machines) {
      const messages = cluster.logOf(machine).all.filter(({ kind }) => kind === RecordKind.Message);
      cluster.kept.requireAll(new Set(messages.map(({ text }) => text)));
    }
    cluster.count('acknowledged messages that went with their last disk', cluster.kept.goneCount);
  }

  private async appendAll(): Promise<Reappended[]> {
    const results: Reappended[] = [];
    let isDone = false;
    let failure: unknown = null;
    const work = async (): Promise<void> => {
      for (const machine of this.scene.cluster.machines) results.push(...(await this.appendOf(machine)));
      isDone = true;
    };
    work().catch((error: unknown) => (failure = error));
    await this.scene.runUntil(REAPPENDED_WITHIN_MS, () => isDone || failure !== null);
    if (failure !== null) throw failure as Error;
    if (!isDone) throw new BrokenRule('reappend', 'orphans could not be appended again, though everything is healed');
    return results;
  }

  private async appendOf(machine: SimulatedNode): Promise<Reappended[]> {
    const sets = await this.surely(() => this.scene.clients.ask(machine, 5_000, (door) => door.orphans.list()));
    this.requireListed(machine, sets);
    const results: Reappended[] = [];
    for (const { id, messages } of sets) {
      const result = await this.surely(() =>
        this.scene.clients.ask(machine, 10_000, (door) => door.orphans.reappend(id)),
      );
      results.push(result);
      const { appended, duplicates, conflicts } = result;
      if (appended + duplicates === messages && conflicts.length === 0) continue;
      const sentence = `of the ${messages} messages of ${id} on ${machine.name} ${appended} were appended, ${duplicates} were there, ${conflicts.length} in conflict`;
      throw new BrokenRule('reappend', sentence);
    }
    return results;
  }

  /** The operator is told of all orphans on the disk. */
  private requireListed(machine: SimulatedNode, sets: readonly OrphanSet[]): void {
    const there = this.scene.cluster.logOf(machine).orphans.filter(({ kind }) => kind === RecordKind.Message).length;
    const listed = sets.reduce((sum, { messages }) => sum + messages, 0);
    if (listed === there) return;
    throw new BrokenRule('orphans', `${machine.name} lists ${listed} messages as orphans, and its disk has ${there}`);
  }

  /** Retries what the answer says to retry. */
  private async surely<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (error instanceof BrokenRule) throw error;
        const code = error instanceof ReplogError ? error.code : String(error);
        this.scene.clients.trace.add('operator', `orphans: ${code}`);
        await this.scene.clients.pause(RETRY_MS);
      }
    }
  }

  private messages(): number {
    const { machines, logOf } = this.scene.cluster;
    return Math.max(...machines.map((machine) => logOf(machine).all.at(-1)?.seq ?? 0));
  }
}
