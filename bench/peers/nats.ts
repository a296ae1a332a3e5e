/** NATS: three servers with JetStream and one stream of three replicas. */
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { eventually } from '../../test/support/eventually.js';
import { freePort } from '../../test/support/ports.js';
import { programOf, versionOf } from '../load/command.js';
import { NATS_SUBJECT } from '../load/protocols.js';
import type { Contender, Peer, Setting } from './contender.js';
import { endAll, Server, startAll } from './server.js';
import { runSocketLoad } from '../load/socket-client.js';

const PATIENCE = { withinMs: 60_000, everyMs: 500 };
const ASK_TIMEOUT_MS = 3_000;
const STREAM = { name: 'log', subjects: [NATS_SUBJECT], num_replicas: 3, storage: 'file', retention: 'limits' };

interface Place {
  readonly name: string;
  readonly port: number;
  readonly clusterPort: number;
}

export const NATS: Peer = {
  name: 'NATS JetStream',
  packages: ['nats-server'],
  start: async (setting) => {
    const program = programOf('nats-server');
    const version = await versionOf(program);
    const places = await Promise.all(['one', 'two', 'three'].map(placeOf));
    const [{ port }] = places as [Place];
    const servers: Server[] = [];
    return startAll(servers, async () => {
      for (const place of places) servers.push(serverOf(program, place, places, setting));
      await eventually('the stream is there', () => createStream(port), PATIENCE);
      return contenderOf(version, port, servers);
    });
  },
};

function contenderOf(version: string, port: number, servers: readonly Server[]): Contender {
  return {
    name: NATS.name,
    version,
    acknowledgement:
      'received by a majority of three servers (R3, file store); nothing is synced yet: it syncs every two minutes',
    get processes() {
      return servers.map(({ pid }) => pid);
    },
    canTake: ({ batch, concern }) => batch === 1 && concern === 1,
    run: (load) => runSocketLoad('nats', port, load),
    syncs: () => Promise.resolve(null),
    end: () => endAll(servers),
  };
}

async function placeOf(name: string): Promise<Place> {
  return { name, port: await freePort(), clusterPort: await freePort() };
}

function serverOf(program: string, place: Place, all: readonly Place[], { folder }: Setting): Server {
  mkdirSync(folder, { recursive: true });
  const url = (port: number): string => `nats://127.0.0.1:${port}`;
  const routes = all.map(({ clusterPort }) => url(clusterPort)).join(',');
  const here = ['-a', '127.0.0.1', '-p', String(place.port), '-n', place.name, '-js', '-sd', join(folder, place.name)];
  const cluster = ['--cluster_name', 'bench', '--cluster', url(place.clusterPort), '--routes', routes];
  return new Server(program, [...here, ...cluster], { cwd: folder, logFile: join(folder, `${place.name}.log`) });
}

/** A request of its API, by hand: one connection, one question, one answer. */
function createStream(port: number): Promise<boolean> {
  const question = JSON.stringify(STREAM);
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    socket.setTimeout(ASK_TIMEOUT_MS, () => socket.destroy(new Error(`no answer, but: ${heard}`)));
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      heard += bytes.toString();
      if (!/stream_create_response/.test(heard)) return;
      socket.destroy();
      resolve(!/"error"/.test(heard));
    });
    socket.write('CONNECT {"verbose":false}\r\nSUB _INBOX.create 1\r\n');
    socket.write(`PUB $JS.API.STREAM.CREATE.${STREAM.name} _INBOX.create ${question.length}\r\n${question}\r\n`);
  });
}
