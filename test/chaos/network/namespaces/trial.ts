/** Run alone by `namespace-network.e2e-spec.ts`: datagrams say best what passes, since nobody sends them twice. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { eventually } from '../../../support/eventually.js';
import type { Site } from '../network.js';
import { configure } from './commands.js';
import { NamespaceNetwork } from './namespace-network.js';

const SOURCE = `
  const socket = require('node:dgram').createSocket('udp4');
  socket.on('message', (text) => console.log(String(text)));
  socket.on('error', () => undefined);
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const [host, text] = line.split(' ');
    socket.send(text, 9000, host, () => undefined);
  });
  socket.bind(9000, () => console.log('ready'));
`;

class Peer {
  readonly heard: string[] = [];

  private constructor(
    private readonly site: Site,
    readonly process: ChildProcess,
  ) {
    process.stdout?.setEncoding('utf8').on('data', (text: string) => this.heard.push(...text.trim().split('\n')));
  }

  static async at(site: Site): Promise<Peer> {
    const [command = '', ...args] = [...site.launcher, process.execPath, '-e', SOURCE];
    const peer = new Peer(site, spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] }));
    await peer.hears('ready');
    return peer;
  }

  tell(other: Peer, text: string): void {
    this.process.stdin?.write(`${other.site.host} ${text}\n`);
  }

  async hears(text: string): Promise<void> {
    await eventually(`${this.site.host} hears "${text}"`, () => this.heard.includes(text));
  }
}

configure(['link set lo up']);
const network = new NamespaceNetwork(process.argv[2] ?? '');
const one = await Peer.at(await network.site(1));
const two = await Peer.at(await network.site(2));
for (const how of ['silent', 'refused'] as const) {
  const heal = network.partitions.cut(['node-1'], ['node-2'], how);
  one.tell(two, `${how}-while-cut`);
  two.tell(one, `${how}-the-other-way`);
  await one.hears(`${how}-the-other-way`);
  // It reads line by line: when this is back, what it was told before has left it.
  one.tell(one, `${how}-told`);
  await one.hears(`${how}-told`);
  heal();
  one.tell(two, `${how}-after`);
  await two.hears(`${how}-after`);
}
console.log(JSON.stringify({ one: one.heard, two: two.heard }));
process.exit();
