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
import { configure, output, run } from './commands.js';
import { addressOf, callerPortsIn, changesOf, routerOf, rulesFor, rulesForConnection } from './routes.js';

const PORT = 8000;

export class NamespaceNetwork implements Network {
  readonly kind = 'namespaces';
  readonly partitions = new Partitions();
  private readonly numbers = new Map<string, number>();
  private rules: ReadonlySet<string> = new Set();
  private readonly forgotten = new Set<string>();
  private readonly launchers = new Map<string, readonly string[]>();

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
    this.launchers.set(nodeId, launcher);
    configure(
      [
        'link set lo up',
        `addr add ${address}/24 dev ${theirs}`,
        `link set ${theirs} up`,
        `route add default via ${router}`,
      ],
      launcher,
    );
    const close = (): Promise<void> => Promise.resolve(void run('umount', [handle]));
    return Promise.resolve({
      launcher,
      host: address,
      port: PORT,
      advertisedUrl: `http://${address}:${PORT}`,
      close,
    });
  }

  forget(from: string, to: string): { count: number; heal: () => void } {
    const [caller, target] = [this.addressOf(from), this.addressOf(to)];
    const listed = output('ss', ['-tnH', 'state', 'established'], this.launchers.get(to));
    const ports = callerPortsIn(listed, `${target}:${PORT}`, caller);
    const rules = ports.flatMap((port) => rulesForConnection(caller, port, target, PORT));
    for (const rule of rules) this.forgotten.add(rule);
    this.apply();
    const heal = (): void => {
      for (const rule of rules) this.forgotten.delete(rule);
      this.apply();
    };
    return { count: ports.length, heal };
  }

  private addressOf(nodeId: string): string {
    return addressOf(this.numbers.get(nodeId) as number);
  }

  private apply(): void {
    const cut = rulesFor(this.partitions.all(), (nodeId) => this.addressOf(nodeId));
    const wanted = new Set([...cut, ...this.forgotten]);
    const changes = changesOf(this.rules, wanted);
    if (changes.length > 0) configure(changes);
    this.rules = wanted;
  }
}
