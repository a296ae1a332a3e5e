/** What `npm start` runs on this machine: which nodes, on which ports, with which directories and environment. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { built } from './prepare.mjs';
import { inProject, Stop } from './project.mjs';

const MAX_PORT = 65_535;
/** Both ways a node can listen: where another process has the port on one of them, clients would reach that one. */
const HOSTS = ['127.0.0.1', '0.0.0.0'];
/** Somebody who kills the master to see what happens waits for this long. A machine of one's own has no slow network. */
const ELECTION_TIMEOUT = '2';
/** Settings that decide which ELECTION_TIMEOUT is allowed: where one of them is set, its default stays. */
const ELECTION_SETTINGS = ['ELECTION_TIMEOUT', 'HEARTBEAT', 'HEALTHCHECK_TIMEOUT'];

/** The nodes' own reader checks the environment: its faults are listed as a node would list them, before any starts. */
export async function planLocalCluster() {
  const { readNodeConfig } = await built('configuration');
  const given = { ...dotEnv(), ...process.env };
  const election = ELECTION_SETTINGS.some((name) => given[name]) ? {} : { ELECTION_TIMEOUT };
  const settings = { ...given, ...election };
  const config = readNodeConfig({ ...settings, NODE_ID: 'master' }, 'master');
  const { apiKey, adminApiKey, port: masterPort, secondaries, failover, electionTimeoutMs } = config;
  if (masterPort === 0 || masterPort + secondaries > MAX_PORT) {
    throw new Stop(
      `MASTER_PORT is ${masterPort}: it and the ${secondaries} ports after it have to be from 1 to ${MAX_PORT}.`,
    );
  }
  const base = settings.DATA_DIR?.trim() || 'data';
  const common = { HOST: settings.HOST || '127.0.0.1', MASTER_HOST: 'http://localhost', LOG_FORMAT: 'json' };
  const planNode = (number) => {
    const [role, id] = number === 0 ? ['master', 'master'] : ['secondary', `secondary-${number}`];
    const port = masterPort + number;
    const dataDir = join(base, id);
    const own = {
      NODE_ID: id,
      DATA_DIR: dataDir,
      MASTER_PORT: masterPort,
      ...(number > 0 && { SECONDARY_PORT: port }),
      ...election,
    };
    const environment = { ...common, SERVER_TYPE: role, ...own };
    return { id, role, port, dataDir, logFile: join(base, `${id}.log`), own, environment };
  };
  const nodes = Array.from({ length: secondaries + 1 }, (_, number) => planNode(number));
  // Asked before anything is started, so that nothing has to be stopped for it.
  for (const { port } of nodes) await refusePortInUse(port);
  const writeConcern = Math.min(2, secondaries);
  return { nodes, planNode, base, apiKey, adminApiKey, secondaries, writeConcern, failover, electionTimeoutMs };
}

/**
 * The members of an earlier start that ran more secondaries. They count until they have left, so those that have a
 * directory are started once more, to leave. `views`: what each node of the plan says of the cluster.
 */
export async function planLeaving({ planNode, secondaries }, views) {
  const [newest] = views.toSorted((one, other) => other.epoch - one.epoch || other.lastIndex - one.lastIndex);
  const ids = newest.members.map(({ nodeId }) => nodeId);
  const numbers = ids.map((id) => Number(/^secondary-(\d+)$/.exec(id)?.[1])).filter((number) => number > secondaries);
  const extra = numbers.toSorted((one, other) => one - other).map(planNode);
  const leaving = extra.filter(({ dataDir }) => existsSync(inProject(dataDir)));
  for (const { port } of leaving) await refusePortInUse(port);
  const missing = extra.filter((node) => !leaving.includes(node));
  return {
    leaving: leaving.map((node) => ({ ...node, environment: { ...node.environment, LEAVE_ON_STOP: 'true' } })),
    missing: missing.map(({ id }) => id),
    hasMajority: (ids.length - missing.length) * 2 > ids.length,
    members: ids.length,
  };
}

function dotEnv() {
  const file = inProject('.env');
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
}

/** The line that starts a node of the plan again. */
export function startAgainLine({ role, own }) {
  const assignments = Object.entries(own).map(([name, value]) => `${name}=${quoted(value)}`);
  return `${assignments.join(' ')} npm run start:${role}`;
}

/** A line that works when pasted: `port` is the master's. */
export function curlLine({ apiKey, writeConcern }, port) {
  const url = `localhost:${port}/messages/${writeConcern}`;
  return `curl -X POST ${url} -H ${quoted(`x-token: ${apiKey}`)} -H 'content-type: application/json' -d '{"message":"hello"}'`;
}

/** What becomes of the cluster without its master, and how to see it. `pid`: the master's. */
export function failoverLine({ failover, electionTimeoutMs, secondaries, nodes }, pid) {
  const { length } = nodes;
  if (secondaries < 2) {
    const few = length === 1 ? 'One node has no other to take over' : 'Two nodes cannot fail over';
    return `${few}; three can: SECONDARIES=2 npm start`;
  }
  if (failover === 'manual') return 'FAILOVER=manual: without the master nothing is written until you promote another';
  const within = Math.ceil((electionTimeoutMs * 1.5) / 1000) + 1;
  return `kill -9 ${pid} ends the master; within ${within} s another node is master, and the other ports take writes`;
}

/** A line that makes the master of those that are left. */
export function forceLine(plan) {
  return `${adminLine(plan, 'POST', '/cluster/promote')} -H 'content-type: application/json' -d '{"force":true}'`;
}

/** A line that removes a member for good. */
export function removeLine(plan, id) {
  return adminLine(plan, 'DELETE', `/secondaries/${id}`);
}

function adminLine({ adminApiKey, nodes: [{ port }] }, method, path) {
  return `curl -X ${method} localhost:${port}${path} -H ${quoted(`x-token: ${adminApiKey}`)}`;
}

/** `{ port }` that was free a moment ago, or `{ fault }`. */
export function tryPort(wanted, host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (fault) => resolve({ fault }));
    server.listen(wanted, host, () => {
      const { port } = server.address();
      server.close(() => resolve({ port }));
    });
  });
}

async function refusePortInUse(port) {
  for (const host of HOSTS) {
    const { fault } = await tryPort(port, host);
    if (fault?.code === 'EADDRINUSE') {
      throw new Stop(
        `Port ${port} is in use: stop what listens there, or set MASTER_PORT to another (MASTER_PORT=9000 npm start).`,
      );
    }
    if (fault !== undefined) throw new Stop(`Port ${port} cannot be listened on: ${fault.message}.`);
  }
}

const quoted = (value) => (/^[\w./:-]+$/.test(value) ? value : `'${String(value).replaceAll("'", "'\\''")}'`);
