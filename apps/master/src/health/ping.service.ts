/** One round of pings: every secondary is asked at once; who is still being asked from last time is passed over. */
import { Inject, Injectable } from '@nestjs/common';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { PeerError, TRANSPORT } from '@replog/cluster/peers/transport.port.js';
import { NODE_CONFIG } from '@replog/runtime/tokens/injection-tokens.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import { RegistryService } from '../registry/registry.service.js';
import type { SecondaryEntry } from '../registry/secondary-entry.js';

@Injectable()
export class PingService {
  constructor(
    @Inject(LocalNode) private readonly node: LocalNode,
    @Inject(NODE_CONFIG) private readonly config: NodeConfig,
    @Inject(TRANSPORT) private readonly transport: Transport,
    @Inject(RegistryService) private readonly registry: RegistryService,
  ) {}

  async pingAll(): Promise<void> {
    const due = this.registry.entries.filter((entry) => !entry.isBeingPinged);
    await Promise.all(due.map((entry) => this.ping(entry)));
  }

  private async ping(entry: SecondaryEntry): Promise<void> {
    entry.isBeingPinged = true;
    const failure = await this.failureOf(entry);
    entry.isBeingPinged = false;
    if (this.registry.find(entry.nodeId) === entry) this.registry.pinged(entry, failure);
  }

  private async failureOf(entry: SecondaryEntry): Promise<string | null> {
    const { node, config } = this;
    const request = {
      clusterId: node.clusterId as string,
      epoch: node.epoch,
      master: { nodeId: node.nodeId, url: node.url as string },
      incarnation: entry.incarnation,
    };
    try {
      const status = await this.transport.ping(entry.peer.url, request, { timeoutMs: config.healthcheckTimeoutMs });
      if (status.nodeId !== entry.nodeId || status.incarnation !== entry.incarnation) {
        return `${status.nodeId} (incarnation ${status.incarnation}) answers at ${entry.peer.url}`;
      }
      return null;
    } catch (error) {
      const higher = higherEpochIn(error);
      if (higher !== null) node.heardEpoch(higher, entry.nodeId);
      return error instanceof Error ? error.message : String(error);
    }
  }
}

/** The epoch that a node holds to which refused this master's as over. */
function higherEpochIn(error: unknown): number | null {
  if (!(error instanceof PeerError) || error.code !== 'STALE_EPOCH') return null;
  const epoch = error.problem?.['epoch'];
  return typeof epoch === 'number' ? epoch : null;
}
