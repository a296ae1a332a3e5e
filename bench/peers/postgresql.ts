/** PostgreSQL: a primary and two standbys of which any one must have synced a commit; driven by its own `pgbench`. */
import { appendFileSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../test/support/eventually.js';
import { freePort } from '../../test/support/ports.js';
import { outputOf, programOf, Refusal, versionOf } from '../load/command.js';
import { MESSAGE } from '../load/load.js';
import type { Load, LoadResult } from '../load/load.js';
import { runPgbench } from '../load/pgbench.js';
import type { Contender, Peer, Setting } from './contender.js';
import { endAll, Server, startAll } from './server.js';

const USER = 'postgres';
const STANDBYS = ['one', 'two'];
const PATIENCE = { withinMs: 60_000, everyMs: 100 };
const MAX_CLIENTS = 300;

interface Identity {
  readonly uid: number;
  readonly gid: number;
}

export const POSTGRESQL: Peer = {
  name: 'PostgreSQL',
  packages: ['postgresql'],
  start: async (setting) => {
    const version = await versionOf(programOf('postgres'));
    programOf('pgbench');
    const user = await identityOf();
    const folder = folderFor(setting, user);
    const port = await freePort();
    const ask = (sql: string): Promise<string> =>
      outputOf(programOf('psql'), ['-h', '127.0.0.1', '-p', String(port), '-U', USER, '-Atqc', sql, USER], {
        cwd: folder,
      });
    const servers: Server[] = [];
    return startAll(servers, async () => {
      const primary = join(folder, 'primary');
      await outputOf(programOf('initdb'), ['-D', primary, '-U', USER, '-A', 'trust'], { ...user, cwd: folder });
      appendFileSync(join(primary, 'postgresql.conf'), configurationOf(folder));
      servers.push(serverOf(primary, port, user, folder, []));
      await eventually('PostgreSQL answers', () => ask('select 1').catch(() => null), PATIENCE);
      for (const name of STANDBYS) servers.push(await standbyOf(name, port, user, folder));
      const streaming = "select count(*) from pg_stat_replication where state = 'streaming'";
      await eventually('both standbys follow', async () => (await ask(streaming)).trim() === '2', PATIENCE);
      await ask('create table log (seq bigserial primary key, message text not null)');
      return contenderOf(version, port, servers, folder);
    });
  },
};

function contenderOf(version: string, port: number, servers: readonly Server[], folder: string): Contender {
  return {
    name: POSTGRESQL.name,
    version,
    acknowledgement: "synced by the primary and by any one of two standbys (synchronous_standby_names = 'ANY 1')",
    get processes() {
      return servers.map(({ pid }) => pid);
    },
    canTake: ({ batch, concern }) => batch <= 100 && concern === 1,
    run: (load) => insert(load, port, folder),
    syncs: () => Promise.resolve(null),
    end: () => endAll(servers),
  };
}

/** Prepared once, like every insert of a program that cares. */
function insert({ clients, batch, seconds }: Load, port: number, folder: string): Promise<LoadResult> {
  const script = join(folder, `insert-${batch}.sql`);
  const rows = Array.from({ length: batch }, () => `('${MESSAGE}')`).join(', ');
  writeFileSync(script, `insert into log (message) values ${rows};\n`);
  return runPgbench({ clients, seconds, script, folder, port, user: USER, database: USER });
}

/** It refuses to run as root, and then uses the user that its package made. */
async function identityOf(): Promise<Identity | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const id = async (option: string): Promise<number> => Number(await outputOf('id', [option, USER]));
  try {
    return { uid: await id('-u'), gid: await id('-g') };
  } catch {
    throw new Refusal(`it does not run as root, and there is no user ${USER}`);
  }
}

function folderFor({ folder }: Setting, user: Identity | undefined): string {
  mkdirSync(folder, { recursive: true });
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  return folder;
}

const configurationOf = (folder: string): string => `
listen_addresses = '127.0.0.1'
unix_socket_directories = '${folder}'
max_connections = ${MAX_CLIENTS}
synchronous_commit = on
synchronous_standby_names = 'ANY 1 (${STANDBYS.join(', ')})'
max_wal_size = '4GB'
`;

async function standbyOf(name: string, from: number, user: Identity | undefined, folder: string): Promise<Server> {
  const data = join(folder, name);
  const connection = ['-h', '127.0.0.1', '-p', String(from), '-U', USER];
  const copy = ['-D', data, ...connection, '-R', '-X', 'stream', '-c', 'fast'];
  await outputOf(programOf('pg_basebackup'), copy, { ...user, cwd: folder });
  const source = `host=127.0.0.1 port=${from} user=${USER} application_name=${name}`;
  return serverOf(data, await freePort(), user, folder, ['-c', `primary_conninfo=${source}`]);
}

function serverOf(
  data: string,
  port: number,
  user: Identity | undefined,
  folder: string,
  more: readonly string[],
): Server {
  return new Server(programOf('postgres'), ['-D', data, '-p', String(port), ...more], {
    cwd: folder,
    logFile: `${data}.log`,
    user,
    // The others are asked to wait for their clients, or to leave a recovery behind.
    endSignal: 'SIGINT',
  });
}
