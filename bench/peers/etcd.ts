/** etcd: three members, written to over HTTP as we are, through the gateway of its v3 API. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../test/support/eventually.js';
import { freePort } from '../../test/support/ports.js';
import { programOf, versionOf } from '../load/command.js';
import { MESSAGE } from '../load/load.js';
import { runWrk } from '../load/wrk.js';
import type { Contender, Peer, Setting } from './contender.js';
import { endAll, Server, startAll } from './server.js';

const VALUE = Buffer.from(MESSAGE).toString('base64');
const PATIENCE = { withinMs: 60_000, everyMs: 100 };

/** Twelve digits are base64 as they stand: every request has a key of its own. */
const BODY = `'{"key":"' .. string.format("%012d", number) .. '","value":"${VALUE}"}'`;

interface Member {
  readonly name: string;
  readonly client: string;
  readonly peer: string;
}

export const ETCD: Peer = {
  name: 'etcd',
  packages: ['etcd-server', 'wrk'],
  start: async (setting) => {
    const program = programOf('etcd');
    // Every message has a key of its own, which only wrk is told how to make.
    programOf('wrk');
    const version = await versionOf(program);
    const members = await Promise.all(['one', 'two', 'three'].map(memberOf));
    const servers: Server[] = [];
    return startAll(servers, async () => {
      for (const member of members) servers.push(serverOf(program, member, members, setting));
      const url = `${members[0]?.client}/v3/kv/put`;
      await eventually('etcd takes a write', () => takesWrite(url), PATIENCE);
      return contenderOf(version, url, servers);
    });
  },
};

function contenderOf(version: string, url: string, servers: readonly Server[]): Contender {
  const headers = { 'content-type': 'application/json' };
  return {
    name: ETCD.name,
    version,
    acknowledgement: 'synced by a majority of three members (its HTTP gateway, v3 put of a new key)',
    get processes() {
      return servers.map(({ pid }) => pid);
    },
    canTake: ({ batch, concern }) => batch === 1 && concern === 1,
    run: ({ clients, seconds }) => runWrk({ url, clients, seconds, headers, body: { lua: BODY } }),
    syncs: () => Promise.resolve(null),
    end: () => endAll(servers),
  };
}

async function memberOf(name: string): Promise<Member> {
  const [client, peer] = [await freePort(), await freePort()];
  return { name, client: `http://127.0.0.1:${client}`, peer: `http://127.0.0.1:${peer}` };
}

function serverOf(program: string, member: Member, all: readonly Member[], { folder }: Setting): Server {
  mkdirSync(folder, { recursive: true });
  const options = {
    name: member.name,
    'data-dir': join(folder, member.name),
    'listen-client-urls': member.client,
    'advertise-client-urls': member.client,
    'listen-peer-urls': member.peer,
    'initial-advertise-peer-urls': member.peer,
    'initial-cluster': all.map(({ name, peer }) => `${name}=${peer}`).join(','),
    'log-level': 'warn',
  };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  return new Server(program, args, { cwd: folder, logFile: join(folder, `${member.name}.log`) });
}

async function takesWrite(url: string): Promise<boolean> {
  const body = JSON.stringify({ key: VALUE, value: VALUE });
  return (await fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(2_000) })).ok;
}
