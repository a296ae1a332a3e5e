/** Redis: a master and two replicas, all with the append-only file synced at every write; a stream, and WAIT for one replica. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../test/support/eventually.js';
import { freePort } from '../../test/support/ports.js';
import { outputOf, programOf, versionOf } from '../load/command.js';
import type { Contender, Peer, Setting } from './contender.js';
import { endAll, Server, startAll } from './server.js';
import { runSocketLoad } from '../load/socket-client.js';

const PATIENCE = { withinMs: 60_000, everyMs: 100 };

export const REDIS: Peer = {
  name: 'Redis',
  packages: ['redis-server', 'redis-tools'],
  start: async (setting) => {
    const program = programOf('redis-server');
    const version = await versionOf(program);
    const [master, ...replicas] = [await freePort(), await freePort(), await freePort()] as const;
    const servers: Server[] = [];
    return startAll(servers, async () => {
      servers.push(serverOf(program, master, setting, []));
      for (const port of replicas) {
        servers.push(serverOf(program, port, setting, ['--replicaof', '127.0.0.1', String(master)]));
      }
      await eventually('both replicas follow', () => isFollowed(master), PATIENCE);
      return contenderOf(version, master, servers);
    });
  },
};

function contenderOf(version: string, port: number, servers: readonly Server[]): Contender {
  return {
    name: REDIS.name,
    version,
    acknowledgement:
      'synced by the master and received by one replica (AOF always, WAIT 1): the replica syncs, too, before it answers, but WAIT does not promise it',
    get processes() {
      return servers.map(({ pid }) => pid);
    },
    canTake: ({ concern }) => concern === 1,
    run: (load) => runSocketLoad('redis', port, load),
    syncs: () => Promise.resolve(null),
    end: () => endAll(servers),
  };
}

function serverOf(program: string, port: number, { folder }: Setting, more: readonly string[]): Server {
  const data = join(folder, String(port));
  mkdirSync(data, { recursive: true });
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', data];
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--repl-diskless-sync-delay', '0'];
  return new Server(program, [...place, ...durable, ...more], { cwd: data, logFile: join(folder, `${port}.log`) });
}

async function isFollowed(port: number): Promise<boolean> {
  const info = await outputOf(programOf('redis-cli'), ['-p', String(port), 'info', 'replication']);
  return (info.match(/^slave\d:.*state=online/gm) ?? []).length === 2;
}
