/** One round of pings: all secondaries at once, except those whose last ping is not answered yet. */
import type { Logger } from 'pino';
import { isEpoch } from '@replog/contracts/epoch.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import { claimMember } from '@replog/cluster/peers/claim-member.js';
import { PeerError } from '@replog/cluster/peers/transport.port.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { Secondaries } from '../registry/secondaries.js';
import type { SecondaryEntry } from '../registry/secondary-entry.js';

interface PingPorts {
  readonly logger: Logger;
  readonly node: LocalNode;
  readonly config: NodeConfig;
  readonly transport: Transport;
}

/** No incarnation is called so. */
const ANOTHER = 'another';

export class Pings {
  constructor(
    private readonly ports: PingPorts,
    private readonly secondaries: Pick<Secondaries, 'entries' | 'find' | 'pinged' | 'check' | 'knownOf'>,
  ) {}

  async pingAll(): Promise<void> {
    const due = this.secondaries.entries.filter((entry) => !entry.isBeingPinged);
    await Promise.all(due.map((entry) => this.ping(entry)));
  }

  private async ping(entry: SecondaryEntry): Promise<void> {
    entry.isBeingPinged = true;
    const failure = await this.failureOf(entry);
    entry.isBeingPinged = false;
    if (this.secondaries.find(entry.nodeId) === entry) this.secondaries.pinged(entry, failure);
  }

  private async failureOf(entry: SecondaryEntry): Promise<string | null> {
    const { node, config, transport } = this.ports;
    const request = {
      clusterId: node.clusterId as string,
      epoch: node.epoch,
      master: { nodeId: node.nodeId, url: node.url as string },
      // One that came back with less has to register, as another incarnation.
      incarnation: entry.revision === null ? entry.incarnation : ANOTHER,
    };
    const known = this.secondaries.knownOf(entry.peer);
    try {
      const status = await transport.ping(entry.peer.url, request, { timeoutMs: config.healthcheckTimeoutMs });
      if (status.nodeId !== entry.nodeId || status.incarnation !== entry.incarnation) {
        return `${status.nodeId} (incarnation ${status.incarnation}) answers at ${entry.peer.url}`;
      }
      entry.storage = status.storage ?? null;
      entry.priority = status.priority ?? null;
      const claim = { ...status, lastIndex: status.last.index };
      const revised = this.secondaries.check(entry, claim, known);
      if (revised === null) node.seen.note(status);
      return revised;
    } catch (error) {
      noteHigherEpoch(node, entry, error);
      await claimMember(this.ports, entry.peer.url, error);
      return error instanceof Error ? error.message : String(error);
    }
  }
}

/** A node in a higher epoch refuses the ping. It says who it is; a build that does not know that is taken for the pinged node. */
function noteHigherEpoch(node: LocalNode, pinged: SecondaryEntry, error: unknown): void {
  if (!(error instanceof PeerError) || error.code !== 'STALE_EPOCH' || error.problem === null) return;
  const { epoch, nodeId = pinged.nodeId, incarnation = pinged.incarnation } = error.problem;
  const isSound = typeof nodeId === 'string' && typeof incarnation === 'string';
  if (isSound && isEpoch(epoch)) node.heardEpoch(epoch, { nodeId, incarnation });
}
