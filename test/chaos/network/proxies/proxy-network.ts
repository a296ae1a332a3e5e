/** All nodes on the loopback, each behind a wire of its own: needs no rights on the machine. */
import { freePort } from '../../../support/ports.js';
import { nameOf } from '../network.js';
import type { Network, Site } from '../network.js';
import { Partitions } from '../partitions.js';
import { Wire } from './wire.js';

export class ProxyNetwork implements Network {
  readonly kind = 'proxies';
  readonly partitions = new Partitions();
  private readonly wires = new Map<string, Wire>();

  async site(number: number): Promise<Site> {
    const port = await freePort();
    const wire = await Wire.to(nameOf(number), port, this.partitions);
    this.wires.set(nameOf(number), wire);
    return { launcher: [], host: '127.0.0.1', port, advertisedUrl: wire.url, close: () => wire.close() };
  }

  forget(from: string, to: string): { count: number; heal: () => void } {
    return this.wires.get(to)?.forget(from) ?? { count: 0, heal: () => undefined };
  }
}
