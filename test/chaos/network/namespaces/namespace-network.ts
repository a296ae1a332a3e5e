/**
 * Every node has a network of its own, joined to ours by a pair of virtual devices. We are the router between them, and
 * rules of that router cut one direction between two nodes: the kernel then drops packets of connections old and new,
 * as on a network that is really parted. Only for a process that is itself alone in a network made for it (`enter.ts`):
 * with its end all of this is gone.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nameOf } from '../network.js';
import type { Network, Site } from '../network.js';
import { Partitions } from '../partitions.js';
import { configure, run } from './commands.js';
import { addressOf, changesOf, routerOf, rulesFor } from './routes.js';

const PORT = 8000;

export class NamespaceNetwork implements Network {
  readonly kind = 'namespaces';
  readonly partitions = new Partitions();
  private readonly numbers = new Map<string, number>();
  private rules: ReadonlySet<string> = new Set();

  /** `folder`: where the handles of the networks lie, one file each. */
  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    writeFileSync('/proc/sys/net/ipv4/ip_forward', '1');
    this.partitions.onChange(() => this.apply());
  }

  site(number: number): Promise<Site> {
    const nodeId = nameOf(number);
    const handle = join(this.folder, nodeId);
    this.numbers.set(nodeId, number);
    writeFileSync(handle, '');
    run('unshare', [`--net=${handle}`, 'true']);
    const [ours, theirs] = [`way-${number}`, 'eth0'];
    const [router, address] = [routerOf(number), addressOf(number)];
    configure([
      `link add ${ours} type veth peer name ${theirs} netns ${handle}`,
      `addr add ${router}/24 dev ${ours}`,
      `link set ${ours} up`,
    ]);
    const launcher = ['nsenter', `--net=${handle}`];
    configure(
      [
        'link set lo up',
        `addr add ${address}/24 dev ${theirs}`,
        `link set ${theirs} up`,
        `route add default via ${router}`,
      ],
      launcher,
    );
    const close = (): Promise<void> => Promise.resolve(run('umount', [handle]));
    return Promise.resolve({
      launcher,
      host: address,
      port: PORT,
      advertisedUrl: `http://${address}:${PORT}`,
      close,
    });
  }

  private apply(): void {
    const wanted = rulesFor(this.partitions.all(), (nodeId) => addressOf(this.numbers.get(nodeId) as number));
    const changes = changesOf(this.rules, wanted);
    if (changes.length > 0) configure(changes);
    this.rules = wanted;
  }
}
