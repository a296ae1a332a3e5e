/** What `npm start` runs on one machine: which nodes, on which ports, with which directories and environment. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stop } from './project.mjs';

const MAX_SECONDARIES = 64;
const MAX_PORT = 65_535;

export function planLocalCluster(settings) {
  const secondaries = integerOf(settings, 'SECONDARIES', 2, 0, MAX_SECONDARIES);
  const masterPort = integerOf(settings, 'MASTER_PORT', 8000, 1, MAX_PORT - secondaries);
  const base = settings.DATA_DIR || 'data';
  const nodes = [node('master', 'master', masterPort)];
  for (let number = 1; number <= secondaries; number++) {
    nodes.push(node(`secondary-${number}`, 'secondary', masterPort + number));
  }
  return { nodes, base, masterPort, writeConcern: Math.min(2, secondaries), apiKey: apiKeyOf(settings) };

  function node(id, role, port) {
    const dataDir = join(base, id);
    const ownEnvironment = {
      SERVER_TYPE: role,
      NODE_ID: id,
      [role === 'master' ? 'MASTER_PORT' : 'SECONDARY_PORT']: String(port),
      DATA_DIR: dataDir,
    };
    return {
      id,
      role,
      port,
      dataDir,
      logFile: join(base, `${id}.log`),
      ownEnvironment,
      environment: {
        HOST: settings.HOST || '127.0.0.1',
        MASTER_HOST: 'http://localhost',
        MASTER_PORT: String(masterPort),
        LOG_FORMAT: 'json',
        ...ownEnvironment,
      },
    };
  }
}

/** The line that starts one node of the plan again, naming only what differs from the defaults. */
export function startAgainLine({ role, ownEnvironment }, { base, masterPort }) {
  const { SERVER_TYPE: _role, ...variables } = ownEnvironment;
  if (base === 'data') delete variables.DATA_DIR;
  if (masterPort !== 8000) variables.MASTER_PORT = String(masterPort);
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${shellQuoted(value)}`);
  return `${assignments.join(' ')} npm run start:${role}`;
}

/** A line that works when pasted: `port` is the one of the master in office. */
export function curlLine({ apiKey, writeConcern }, port) {
  const url = `localhost:${port}/messages/${writeConcern}`;
  const key = shellQuoted(`x-token: ${apiKey}`, true);
  return `curl -X POST ${url} -H ${key} -H 'content-type: application/json' -d '{"message":"hello"}'`;
}

function integerOf(settings, name, byDefault, min, max) {
  const text = settings[name] || String(byDefault);
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new Stop(`${name} is "${text}"; it has to be a whole number from ${min} to ${max}.`);
}

function apiKeyOf(settings) {
  if (settings.API_KEY) return settings.API_KEY;
  if (settings.API_KEY_FILE) return readFileSync(settings.API_KEY_FILE, 'utf8').trim();
  throw new Stop('API_KEY is not set: put it into .env or the environment.');
}

function shellQuoted(text, always = false) {
  return !always && /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
