/** Turns the environment into the configuration of a node. It finds every fault before it reports any. */
import { hostname } from 'node:os';

import type { Role } from '@replog/contracts/http.js';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';

import type { ConfigFault } from './config-error.js';
import { ConfigError } from './config-error.js';
import { findMistyped, mistypedSentence } from './mistyped.js';
import type { NodeConfig } from './node-config.js';
import { defaultDataDir } from './node-config.js';
import { NodeEnvironment } from './node-environment.js';
import { defaultMaxConnections, openFilesLimit, tooManyFor } from './open-files.js';
import { RELATIONS } from './relations.js';
import { deriveClusterKey, readSecretFiles } from './secrets.js';
import type { Texts } from './secrets.js';
import type { VariableDescription } from './variable.js';
import { VARIABLES } from './variable.js';

/** Where `ConfigService` keeps the configuration that `validateEnvironment` returns. */
export const CONFIG_KEY = 'node';

/** The name of `SECONDARY_PORT` in earlier versions. */
const OLD_SECONDARY_PORT = 'SLAVE_PORT';

const USUAL_PRIORITY = 50;

const DERIVED_KEY_WARNING =
  'CLUSTER_SECRET is not set and is derived from API_KEY: anyone with the key can pose as a node';

type Environment = NodeJS.ProcessEnv;

/**
 * For `ConfigModule.forRoot({ validate })`. It returns one object and not a value for each variable: Nest would write
 * those to `process.env`, and the next reader would take them for the texts of a user.
 */
export function validateEnvironment(env: Environment, firstRole?: Role): Record<typeof CONFIG_KEY, NodeConfig> {
  return { [CONFIG_KEY]: readNodeConfig(env, firstRole) };
}

/** Checks the environment. `firstRole`, if given, goes before `SERVER_TYPE`. Throws ConfigError. */
export function readNodeConfig(env: Environment, firstRole?: Role): NodeConfig {
  const fileFaults: ConfigFault[] = [];
  const texts = readSecretFiles(readTexts(env, firstRole), fileFaults);
  const environment = plainToInstance(NodeEnvironment, texts, { exposeUnsetFields: false });
  const faults = [...fileFaults, ...findFaults(environment, texts)].map((fault) => withOldName(fault, env));
  const mistyped = findMistyped(Object.keys(env), [...VARIABLES.keys(), OLD_SECONDARY_PORT]).map(mistypedSentence);
  if (faults.length > 0) throw new ConfigError(faults, mistyped);
  return toNodeConfig(environment, mistyped);
}

/** Reads the configuration of several nodes. Throws one ConfigError with the faults of all, each fault once. */
export function readNodeConfigs(environments: readonly Environment[]): NodeConfig[] {
  const faults = new Map<string, ConfigFault>();
  const hints = new Set<string>();
  const configs: NodeConfig[] = [];
  for (const env of environments) {
    try {
      configs.push(readNodeConfig(env));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const fault of error.faults) faults.set(`${fault.variable} ${fault.found}`, fault);
      for (const hint of error.hints) hints.add(hint);
    }
  }
  if (faults.size > 0) throw new ConfigError([...faults.values()], [...hints]);
  return configs;
}

/** Every variable with default and meaning, for the documentation. */
export function describeConfig(): readonly VariableDescription[] {
  return [...VARIABLES.values()];
}

/**
 * The variables that are set, and the defaults of the rest. An empty value counts as unset: Compose passes a missing
 * variable that way.
 */
function readTexts(env: Environment, firstRole?: Role): Texts {
  const texts: Texts = {};
  for (const { variable, default: fallback } of VARIABLES.values()) {
    const text = env[variable]?.trim() || fallback;
    if (text !== null) texts[variable] = text;
  }
  if (usesOldName(env)) texts['SECONDARY_PORT'] = env[OLD_SECONDARY_PORT]?.trim();
  texts['NODE_ID'] ??= hostname();
  if (firstRole) texts['SERVER_TYPE'] = firstRole;
  return texts;
}

function usesOldName(env: Environment): boolean {
  return !env['SECONDARY_PORT']?.trim() && Boolean(env[OLD_SECONDARY_PORT]?.trim());
}

/** A relation is checked only between variables that are valid by themselves. */
function findFaults(environment: NodeEnvironment, texts: Texts): ConfigFault[] {
  const refused = new Set(validateSync(environment).map(({ property }) => property));
  const invalid = [...VARIABLES.keys()].filter((variable) => refused.has(variable));
  const broken = RELATIONS.filter(
    ({ variable, other, holds }) => !invalid.includes(variable) && !invalid.includes(other) && !holds(environment),
  );
  return [
    ...invalid.map((variable) => describeFault(variable, texts)),
    ...broken.map(({ variable, other }) => {
      const fault = describeFault(variable, texts);
      return { ...fault, allowed: `${fault.allowed} (${other} is ${JSON.stringify(texts[other])})` };
    }),
  ];
}

function describeFault(variable: string, texts: Texts): ConfigFault {
  const { isSecret = false, allowed = '' } = VARIABLES.get(variable) ?? {};
  const text = texts[variable];
  if (text === undefined) return { variable, found: 'not set', allowed };
  return { variable, found: isSecret ? `${text.length} characters long (not shown)` : JSON.stringify(text), allowed };
}

/** The fault under the name that the user wrote. */
function withOldName(fault: ConfigFault, env: Environment): ConfigFault {
  const isOld = fault.variable === 'SECONDARY_PORT' && usesOldName(env);
  return isOld ? { ...fault, variable: OLD_SECONDARY_PORT } : fault;
}

function toNodeConfig(environment: NodeEnvironment, mistyped: readonly string[]): NodeConfig {
  const { SERVER_TYPE: role, API_KEY: apiKey, CLUSTER_SECRET: clusterSecret, NODE_ID: nodeId } = environment;
  const filesLimit = openFilesLimit();
  const maxConnections = environment.MAX_CONNECTIONS ?? defaultMaxConnections(filesLimit);
  const warnings = [
    clusterSecret === undefined ? DERIVED_KEY_WARNING : null,
    tooManyFor(filesLimit, maxConnections),
    ...mistyped,
  ];
  return Object.freeze({
    role,
    nodeId,
    dataDir: environment.DATA_DIR ?? defaultDataDir(nodeId),
    host: environment.HOST,
    port: role === 'master' ? environment.MASTER_PORT : environment.SECONDARY_PORT,
    masterUrl: `${environment.MASTER_HOST}:${environment.MASTER_PORT}`,
    advertisedUrl: environment.ADVERTISED_URL ?? null,
    peers: environment.PEERS ?? [],
    apiKey,
    adminApiKey: environment.ADMIN_API_KEY ?? apiKey,
    clusterKey: deriveClusterKey(clusterSecret ?? apiKey),
    secondaries: environment.SECONDARIES,
    maxSecondaries: environment.MAX_SECONDARIES,
    healthcheckDelayMs: environment.HEALTHCHECK_DELAY,
    healthcheckFailures: environment.HEALTHCHECK_FAILURES,
    healthcheckTimeoutMs: environment.HEALTHCHECK_TIMEOUT,
    failover: environment.FAILOVER,
    electionTimeoutMs: environment.ELECTION_TIMEOUT,
    heartbeatMs: environment.HEARTBEAT,
    priority: environment.PRIORITY ?? (environment.DELAY.maxMs === 0 ? USUAL_PRIORITY : 0),
    delay: environment.DELAY.maxMs === 0 ? null : environment.DELAY,
    defaultWriteConcern: environment.DEFAULT_WRITE_CONCERN,
    writeConcernTimeoutMs: environment.WRITE_CONCERN_TIMEOUT,
    quorumLoss: environment.QUORUM_LOSS,
    maxMessageBytes: environment.MAX_MESSAGE_BYTES,
    maxInflightBytes: environment.MAX_INFLIGHT_BYTES,
    maxConnections,
    segmentBytes: environment.SEGMENT_BYTES,
    diskStallMs: environment.DISK_STALL,
    scrubBytesPerSecond: environment.SCRUB_BYTES_PER_SECOND,
    corsOrigins: environment.CORS_ORIGINS ?? [],
    keepAliveTimeoutMs: environment.KEEP_ALIVE_TIMEOUT,
    headersTimeoutMs: environment.HEADERS_TIMEOUT,
    requestTimeoutMs: environment.REQUEST_TIMEOUT,
    shutdownGraceMs: environment.SHUTDOWN_GRACE,
    leaveOnStop: environment.LEAVE_ON_STOP,
    logLevel: environment.LOG_LEVEL,
    logFormat: environment.LOG_FORMAT ?? (process.stdout.isTTY ? 'pretty' : 'json'),
    warnings: warnings.filter((warning) => warning !== null),
  });
}
