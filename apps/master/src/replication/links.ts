/**
 * The links of one term, one to each secondary. The writer wakes the links; acknowledgements go to the ledger.
 */
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import type { DamageReporter } from '@replog/log-store/damage-reporter.port.js';
import { AppendFrames } from './append-frames.js';
import type { CopyLedger } from './copy-ledger.js';
import type { LinkPorts } from './link-ports.js';
import { SecondaryLink } from './secondary-link.js';
import type { LinkEvents, LinkPeer } from './secondary-link.js';

type LinksPorts = Omit<LinkPorts, 'store' | 'frames'> & { readonly damage: DamageReporter };

export class Links {
  /** By node id. */
  private readonly links = new Map<string, SecondaryLink>();
  private readonly ports: LinkPorts;
  private readonly damage: DamageReporter;

  constructor(
    { node, transport, clock, random, damage }: LinksPorts,
    private readonly ledger: Pick<CopyLedger, 'acknowledge'>,
  ) {
    this.ports = { node, store: node.store, frames: new AppendFrames(), transport, clock, random };
    this.damage = damage;
  }

  /** Opens a link to `peer` and keeps it open until `close`. */
  open(peer: LinkPeer, events: Pick<LinkEvents, 'lost' | 'opening'>): SecondaryLink {
    const link = new SecondaryLink(peer, this.ports, {
      acknowledged: (index) => this.ledger.acknowledge(peer, index),
      failedToRead: (error) => {
        if (error instanceof CorruptRecordError) this.damage.report(error, 'on send');
      },
      ...events,
    });
    this.links.set(peer.nodeId, link);
    link.start();
    return link;
  }

  /** Called when there are records or a new committed index to send. */
  wake(): void {
    for (const link of this.links.values()) link.wake();
  }

  /** Resolves when `nodeId` has confirmed, after this call, that it follows this master. Rejects without a link. */
  confirm(nodeId: string): Promise<void> {
    return this.links.get(nodeId)?.confirm() ?? Promise.reject(new Error(`there is no link to ${nodeId}`));
  }

  async close(link: SecondaryLink): Promise<void> {
    if (this.links.get(link.peer.nodeId) === link) this.links.delete(link.peer.nodeId);
    await link.stop();
  }
}
