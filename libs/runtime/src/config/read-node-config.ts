/** The one file that reads the environment. Checked whole: every fault is found before any is reported. */
import { hostname } from 'node:os';

import type { Role } from '@replog/contracts/http.js';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { config as loadDotenv } from 'dotenv';

import type { ConfigFault } from './config-error.js';
import { ConfigError } from './config-error.js';
import { Environment } from './environment.js';
import type { NodeConfig } from './node-config.js';
import { defaultDataDir } from './node-config.js';
import { findBrokenRelations } from './relations.js';
import { deriveClusterKey, readSecretFiles } from './secrets.js';
import type { VariableDescription } from './variable.js';
import { descriptionOf, descriptions } from './variable.js';

/** Puts `.env` of the working directory under the environment: what is set already wins. */
export function loadEnvironment(path = '.env'): NodeJS.ProcessEnv {
  loadDotenv({ path, quiet: true });
  return process.env;
}

/** Reads and checks the environment. `firstRole`, where given, stands above `SERVER_TYPE`. Throws ConfigError. */
export function readNodeConfig(env: NodeJS.ProcessEnv, firstRole?: Role): NodeConfig {
  const faults: ConfigFault[] = [];
  const texts = readSecretFiles(readTexts(env, firstRole), faults);
  const environment = plainToInstance(Environment, texts, { exposeUnsetFields: false });
  const invalid = new Set<string>();
  for (const { property } of validateSync(environment)) {
    invalid.add(property);
    faults.push(describeFault(property, texts[property], env));
  }
  faults.push(...findBrokenRelations(environment, invalid));
  const [role, apiKey] = [environment.SERVER_TYPE, environment.API_KEY];
  if (faults.length > 0 || role === undefined || apiKey === undefined) throw new ConfigError(faults);
  return toNodeConfig(environment, role, apiKey);
}

/** Every variable with default and meaning, for the documentation. */
export function describeConfig(): readonly VariableDescription[] {
  return descriptions();
}

/** What is set, with defaults under it. An empty value counts as unset: that is how Compose passes what is missing. */
function readTexts(env: NodeJS.ProcessEnv, firstRole?: Role): Record<string, string | undefined> {
  const texts: Record<string, string | undefined> = {};
  for (const { variable, default: fallback } of descriptions()) {
    const text = env[variable]?.trim() || fallback;
    if (text !== null) texts[variable] = text;
  }
  if (!env['SECONDARY_PORT']?.trim() && env['SLAVE_PORT']?.trim()) texts['SECONDARY_PORT'] = env['SLAVE_PORT'].trim();
  texts['NODE_ID'] ??= hostname();
  if (firstRole) texts['SERVER_TYPE'] = firstRole;
  return texts;
}

function describeFault(property: string, text: string | undefined, env: NodeJS.ProcessEnv): ConfigFault {
  const description = descriptionOf(property);
  const isOldName = property === 'SECONDARY_PORT' && !env['SECONDARY_PORT']?.trim() && env['SLAVE_PORT'] !== undefined;
  const shown = description?.isSecret ? `${text?.length ?? 0} characters long (not shown)` : JSON.stringify(text);
  return {
    variable: isOldName ? 'SLAVE_PORT' : property,
    found: shown ?? 'not set',
    allowed: description?.allowed ?? '',
  };
}

function toNodeConfig(environment: Environment, role: Role, apiKey: string): NodeConfig {
  const { CLUSTER_SECRET: clusterSecret, DELAY: delay, NODE_ID: nodeId } = environment;
  return Object.freeze({
    role,
    nodeId,
    dataDir: environment.DATA_DIR ?? defaultDataDir(nodeId),
    host: environment.HOST,
    port: role === 'master' ? environment.MASTER_PORT : environment.SECONDARY_PORT,
    masterUrl: `${environment.MASTER_HOST}:${environment.MASTER_PORT}`,
    advertisedUrl: environment.ADVERTISED_URL ?? null,
    apiKey,
    adminApiKey: environment.ADMIN_API_KEY ?? apiKey,
    clusterKey: deriveClusterKey(clusterSecret ?? apiKey),
    isClusterKeyDerived: clusterSecret === undefined,
    secondaries: environment.SECONDARIES,
    maxSecondaries: environment.MAX_SECONDARIES,
    healthcheckDelayMs: environment.HEALTHCHECK_DELAY,
    healthcheckFailures: environment.HEALTHCHECK_FAILURES,
    healthcheckTimeoutMs: environment.HEALTHCHECK_TIMEOUT,
    delay: delay.maxMs === 0 ? null : delay,
    defaultWriteConcern: environment.DEFAULT_WRITE_CONCERN,
    writeConcernTimeoutMs: environment.WRITE_CONCERN_TIMEOUT,
    quorumLoss: environment.QUORUM_LOSS,
    maxMessageBytes: environment.MAX_MESSAGE_BYTES,
    maxInflightBytes: environment.MAX_INFLIGHT_BYTES,
    segmentBytes: environment.SEGMENT_BYTES,
    scrubBytesPerSecond: environment.SCRUB_BYTES_PER_SECOND,
    logLevel: environment.LOG_LEVEL,
    logFormat: environment.LOG_FORMAT ?? (process.stdout.isTTY ? 'pretty' : 'json'),
  });
}
