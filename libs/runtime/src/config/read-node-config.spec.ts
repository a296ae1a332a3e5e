import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ConfigError } from './config-error.js';
import { needsNumber, withNumber } from './node-config.js';
import { describeConfig, readNodeConfig, readNodeConfigs, validateEnvironment } from './read-node-config.js';

const MINIMUM = { SERVER_TYPE: 'master', API_KEY: 'k' };

function faultsOf(env: NodeJS.ProcessEnv): string[] {
  try {
    readNodeConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map(({ variable }) => variable);
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('needs a role and a key, and has a default for everything else', () => {
    expect(readNodeConfig(MINIMUM)).toMatchObject({
      role: 'master',
      nodeId: hostname(),
      dataDir: join('data', hostname()),
      host: '0.0.0.0',
      port: 8000,
      masterUrl: 'http://master:8000',
      advertisedUrl: null,
      peers: [],
      apiKey: 'k',
      adminApiKey: 'k',
      secondaries: 2,
      maxSecondaries: 64,
      healthcheckDelayMs: 2000,
      healthcheckFailures: 3,
      healthcheckTimeoutMs: 1000,
      delay: null,
      defaultWriteConcern: 'majority',
      writeConcernTimeoutMs: 30_000,
      quorumLoss: 'read-only',
      maxMessageBytes: 1024 ** 2,
      maxInflightBytes: 64 * 1024 ** 2,
      segmentBytes: 64 * 1024 ** 2,
      scrubBytesPerSecond: 4 * 1024 ** 2,
      corsOrigins: [],
      keepAliveTimeoutMs: 65_000,
      headersTimeoutMs: 60_000,
      requestTimeoutMs: 300_000,
      shutdownGraceMs: 2000,
      leaveOnStop: false,
      logLevel: 'info',
      warnings: [expect.stringMatching(/^CLUSTER_SECRET is not set/)],
    });
  });

  it('reads every variable', () => {
    const config = readNodeConfig({
      SERVER_TYPE: 'secondary',
      API_KEY: 'client',
      ADMIN_API_KEY: 'admin',
      CLUSTER_SECRET: 'sixteen characters',
      MASTER_HOST: 'http://10.0.0.1',
      MASTER_PORT: '9000',
      SECONDARY_PORT: '0',
      SECONDARIES: '3',
      HEALTHCHECK_DELAY: '0.5',
      HEALTHCHECK_FAILURES: '5',
      HEALTHCHECK_TIMEOUT: '0.25',
      FAILOVER: 'manual',
      ELECTION_TIMEOUT: '1.5',
      HEARTBEAT: '0.5',
      PRIORITY: '70',
      DELAY: '1,5',
      DEFAULT_WRITE_CONCERN: '1',
      WRITE_CONCERN_TIMEOUT: '1.5',
      QUORUM_LOSS: 'accept',
      NODE_ID: 's1',
      ADVERTISED_URL: 'http://s1:9001/',
      PEERS: 'http://m1:9000, http://s1:9001/',
      HOST: '127.0.0.1',
      DATA_DIR: '/var/lib/replog',
      MAX_MESSAGE_BYTES: '64KiB',
      MAX_INFLIGHT_BYTES: '1 MiB',
      MAX_CONNECTIONS: '300',
      MAX_SECONDARIES: '7',
      SEGMENT_BYTES: '131072',
      DISK_STALL: '2.5',
      SCRUB_BYTES_PER_SECOND: '64KiB',
      CORS_ORIGINS: 'https://app.example, http://localhost:5173',
      KEEP_ALIVE_TIMEOUT: '20',
      HEADERS_TIMEOUT: '5.5',
      REQUEST_TIMEOUT: '10',
      SHUTDOWN_GRACE: '8',
      LEAVE_ON_STOP: 'true',
      LOG_LEVEL: 'debug',
      LOG_FORMAT: 'pretty',
    });
    const { clusterKey, ...rest } = config;
    expect(clusterKey).toHaveLength(32);
    expect(rest).toEqual({
      role: 'secondary',
      nodeId: 's1',
      dataDir: '/var/lib/replog',
      host: '127.0.0.1',
      port: 0,
      masterUrl: 'http://10.0.0.1:9000',
      advertisedUrl: 'http://s1:9001',
      peers: ['http://m1:9000', 'http://s1:9001'],
      apiKey: 'client',
      adminApiKey: 'admin',
      secondaries: 3,
      maxSecondaries: 7,
      healthcheckDelayMs: 500,
      healthcheckFailures: 5,
      healthcheckTimeoutMs: 250,
      failover: 'manual',
      electionTimeoutMs: 1500,
      heartbeatMs: 500,
      priority: 70,
      delay: { minMs: 1000, maxMs: 5000 },
      defaultWriteConcern: 1,
      writeConcernTimeoutMs: 1500,
      quorumLoss: 'accept',
      maxMessageBytes: 65_536,
      maxInflightBytes: 1_048_576,
      maxConnections: 300,
      segmentBytes: 131_072,
      diskStallMs: 2500,
      scrubBytesPerSecond: 65_536,
      corsOrigins: ['https://app.example', 'http://localhost:5173'],
      keepAliveTimeoutMs: 20_000,
      headersTimeoutMs: 5500,
      requestTimeoutMs: 10_000,
      shutdownGraceMs: 8000,
      leaveOnStop: true,
      logLevel: 'debug',
      logFormat: 'pretty',
      warnings: [],
    });
  });

  it('takes a delayed node for one that is never master, unless it has a priority', () => {
    expect(readNodeConfig({ ...MINIMUM, DELAY: '2' }).priority).toBe(0);
    expect(readNodeConfig({ ...MINIMUM, DELAY: '2', PRIORITY: '10' }).priority).toBe(10);
    expect(readNodeConfig(MINIMUM).priority).toBe(50);
  });

  it('wants an election timeout that heartbeats and pings can keep', () => {
    expect(() => readNodeConfig({ ...MINIMUM, ELECTION_TIMEOUT: '1.4' })).toThrow(
      /ELECTION_TIMEOUT is "1.4"; allowed: .*three times `HEARTBEAT`.*\(HEARTBEAT is "0.5"\)/,
    );
    expect(faultsOf({ ...MINIMUM, HEALTHCHECK_TIMEOUT: '6' })).toEqual(['ELECTION_TIMEOUT']);
    expect(faultsOf({ ...MINIMUM, ELECTION_TIMEOUT: '1', HEARTBEAT: '0.3' })).toEqual([]);
  });

  it('names all faults at once, each with the value and what is allowed, and no secret', () => {
    const env = { MASTER_PORT: '70000', DELAY: '5,1', LOG_LEVEL: 'loud', API_KEY: 'two words', QUORUM_LOSS: 'pray' };
    expect(faultsOf(env)).toEqual(['SERVER_TYPE', 'API_KEY', 'MASTER_PORT', 'DELAY', 'QUORUM_LOSS', 'LOG_LEVEL']);
    expect(() => readNodeConfig(env)).toThrow(/6 faults:\n.*MASTER_PORT is "70000"; allowed: a whole number from 0/s);
    expect(() => readNodeConfig(env)).not.toThrow(/two words/);
  });

  it.each(['app.example', 'https://a.example/path', 'https://a.example,', 'ftp://a.example'])(
    'takes no %s for an origin',
    (text) => {
      expect(faultsOf({ ...MINIMUM, CORS_ORIGINS: text })).toEqual(['CORS_ORIGINS']);
    },
  );

  it.each(['m1:9000', 'http://m1:9000/path', 'http://m1,', 'm1'])('takes no %s for PEERS', (text) => {
    expect(faultsOf({ ...MINIMUM, PEERS: text })).toEqual(['PEERS']);
  });

  it('says what is missing, and which variable was probably meant', () => {
    expect(faultsOf({})).toEqual(['SERVER_TYPE', 'API_KEY']);
    expect(() => readNodeConfig({ SERVER_TYPE: 'master', APIKEY: 'k' })).toThrow(
      /^The configuration has one fault:\n {2}API_KEY is not set; allowed: 1 to 512 .*\nAPIKEY is set, .* API_KEY\?$/,
    );
  });

  it.each([
    ['SERVER_TYPE', 'slave'],
    ['API_KEY', 'with a space'],
    ['API_KEY', 'ümlaut'],
    ['ADMIN_API_KEY', 'with\ta tab'],
    ['CLUSTER_SECRET', 'short'],
    ['MASTER_HOST', 'http://master:8000'],
    ['MASTER_HOST', 'http://master/path'],
    ['MASTER_HOST', 'ftp://master'],
    ['MASTER_PORT', '-1'],
    ['MASTER_PORT', '80a'],
    ['SECONDARY_PORT', '65536'],
    ['SECONDARIES', '1.5'],
    ['SECONDARIES', '65'],
    ['HEALTHCHECK_DELAY', '0'],
    ['HEALTHCHECK_DELAY', '2s'],
    ['HEALTHCHECK_FAILURES', '0'],
    ['HEALTHCHECK_TIMEOUT', '3601'],
    ['FAILOVER', 'sometimes'],
    ['ELECTION_TIMEOUT', '1.49'],
    ['ELECTION_TIMEOUT', '3601'],
    ['HEARTBEAT', '0.01'],
    ['PRIORITY', '101'],
    ['DELAY', '-1'],
    ['DELAY', '1,2,3'],
    ['DELAY', '1,'],
    ['DELAY', '3601'],
    ['DEFAULT_WRITE_CONCERN', 'most'],
    ['DEFAULT_WRITE_CONCERN', '-1'],
    ['DEFAULT_WRITE_CONCERN', '65'],
    ['WRITE_CONCERN_TIMEOUT', '86401'],
    ['QUORUM_LOSS', 'ignore'],
    ['NODE_ID', '../up'],
    ['NODE_ID', 'a*b'],
    ['NODE_ID', 'x'.repeat(129)],
    ['ADVERTISED_URL', 'node:8000'],
    ['ADVERTISED_URL', 'http://node/path'],
    ['HOST', 'no host'],
    ['MAX_MESSAGE_BYTES', '0'],
    ['MAX_MESSAGE_BYTES', '1MB'],
    ['MAX_MESSAGE_BYTES', '64MiB'],
    ['MAX_INFLIGHT_BYTES', '1KiB'],
    ['MAX_SECONDARIES', '257'],
    ['SEGMENT_BYTES', '1KiB'],
    ['SCRUB_BYTES_PER_SECOND', '2GiB'],
    ['SCRUB_BYTES_PER_SECOND', '-1'],
    ['KEEP_ALIVE_TIMEOUT', '0'],
    ['KEEP_ALIVE_TIMEOUT', '65s'],
    ['HEADERS_TIMEOUT', '0.5'],
    ['HEADERS_TIMEOUT', '300'],
    ['REQUEST_TIMEOUT', '86401'],
    ['SHUTDOWN_GRACE', '-1'],
    ['LOG_LEVEL', 'all'],
    ['LOG_FORMAT', 'xml'],
  ])('refuses %s=%s', (variable, value) => {
    const relaxed = variable === 'MAX_MESSAGE_BYTES' ? { MAX_INFLIGHT_BYTES: '1GiB' } : {};
    expect(faultsOf({ ...MINIMUM, ...relaxed, [variable]: value })).toEqual([variable]);
  });

  it('names both variables of a broken relation, and only one if the other is invalid itself', () => {
    const env = { ...MINIMUM, MAX_SECONDARIES: '1', DEFAULT_WRITE_CONCERN: '2' };
    expect(() => readNodeConfig(env)).toThrow(
      /SECONDARIES is "2"; allowed: .* \(MAX_SECONDARIES is "1"\)\n.*DEFAULT_WRITE_CONCERN is "2"; .* \(MAX_SECONDARIES is "1"\)$/,
    );
    expect(faultsOf({ ...env, MAX_SECONDARIES: 'one' })).toEqual(['MAX_SECONDARIES']);
    expect(faultsOf({ ...MINIMUM, MASTER_PORT: '0' })).toEqual([]);
    expect(faultsOf({ ...MINIMUM, SERVER_TYPE: 'secondary', MASTER_PORT: '0' })).toEqual(['MASTER_PORT']);
  });

  it('warns of variables that are probably mistyped', () => {
    const env = { ...MINIMUM, CLUSTER_SECRET: 'sixteen characters', MASTERPORT: '9000', PATH: '/bin', SLAVE_PORT: '1' };
    expect(readNodeConfig(env).warnings).toEqual([
      'MASTERPORT is set, but there is no such variable: did you mean MASTER_PORT?',
    ]);
  });

  it('of several nodes has the faults of all, each once', () => {
    const nodes = [
      { ...MINIMUM, NODE_ID: 'm', LOG_LEVEL: 'loud', LOGLEVEL: 'info' },
      { ...MINIMUM, SERVER_TYPE: 'secondary', NODE_ID: 'no id', LOG_LEVEL: 'loud', LOGLEVEL: 'info' },
    ];
    expect(() => readNodeConfigs(nodes)).toThrow(
      /^The configuration has 2 faults:\n {2}LOG_LEVEL is .*\n {2}NODE_ID is "no id"; .*\nLOGLEVEL is set[^\n]*$/,
    );
    const sound = nodes.map((node, number) => ({ ...node, NODE_ID: `n${number}`, LOG_LEVEL: 'info' }));
    expect(readNodeConfigs(sound).map(({ role, nodeId }) => [role, nodeId])).toEqual([
      ['master', 'n0'],
      ['secondary', 'n1'],
    ]);
  });

  it('is one object for ConfigModule, which would write plain values to the environment', () => {
    expect(validateEnvironment(MINIMUM)).toEqual({ node: readNodeConfig(MINIMUM) });
  });

  it('accepts MAX_MESSAGE_BYTES only if a record of that size fits into a segment', () => {
    const env = { ...MINIMUM, SEGMENT_BYTES: '1MiB' };
    expect(faultsOf({ ...env, MAX_MESSAGE_BYTES: String(1024 ** 2 - 65_536) })).toEqual([]);
    expect(faultsOf({ ...env, MAX_MESSAGE_BYTES: String(1024 ** 2 - 65_535) })).toEqual(['MAX_MESSAGE_BYTES']);
  });

  it('counts an empty value as unset, and reads SLAVE_PORT if SECONDARY_PORT is unset', () => {
    const env = { ...MINIMUM, SERVER_TYPE: 'secondary', SECONDARY_PORT: '', SLAVE_PORT: '9100' };
    expect(readNodeConfig(env).port).toBe(9100);
    expect(readNodeConfig({ ...env, SECONDARY_PORT: '9200' }).port).toBe(9200);
    expect(faultsOf({ ...env, SLAVE_PORT: 'x' })).toEqual(['SLAVE_PORT']);
  });

  it('prefers the given first role to SERVER_TYPE', () => {
    expect(readNodeConfig({ ...MINIMUM, SECONDARY_PORT: '9001' }, 'secondary')).toMatchObject({
      role: 'secondary',
      port: 9001,
    });
  });

  it('derives the same cluster key on every node, and another one from another secret', () => {
    const key = (env: NodeJS.ProcessEnv): string => Buffer.from(readNodeConfig(env).clusterKey).toString('hex');
    expect(key(MINIMUM)).toBe(key({ ...MINIMUM, NODE_ID: 'other' }));
    expect(key(MINIMUM)).not.toBe(key({ ...MINIMUM, CLUSTER_SECRET: 'sixteen characters' }));
  });

  it('keeps the number open if the node id ends in *', () => {
    const config = readNodeConfig({ ...MINIMUM, NODE_ID: 'secondary-*' });
    expect(needsNumber(config)).toBe(true);
    const numbered = withNumber(config, 2);
    expect([numbered.nodeId, numbered.dataDir, needsNumber(numbered)]).toEqual([
      'secondary-2',
      join('data', 'secondary-2'),
      false,
    ]);
    expect(faultsOf({ ...MINIMUM, NODE_ID: 's-*', DATA_DIR: '/data' })).toEqual(['DATA_DIR']);
    expect(faultsOf({ ...MINIMUM, NODE_ID: 's-*', DATA_DIR: '/data/s-*' })).toEqual([]);
  });

  it('describes every variable for the documentation', () => {
    expect(describeConfig().map(({ variable }) => variable)).toContain('MAX_INFLIGHT_BYTES');
    for (const { allowed, meaning } of describeConfig()) expect([allowed, meaning]).not.toContain('');
  });
});

describe('files of the environment', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'replog-config-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('contain the keys, without the line end', () => {
    const file = join(folder, 'key');
    writeFileSync(file, 'from-the-file\n');
    const config = readNodeConfig({ SERVER_TYPE: 'master', API_KEY_FILE: file, ADMIN_API_KEY_FILE: file });
    expect([config.apiKey, config.adminApiKey]).toEqual(['from-the-file', 'from-the-file']);
  });

  it('are refused beside the variable itself, or if they cannot be read', () => {
    const missing = join(folder, 'missing');
    expect(faultsOf({ ...MINIMUM, API_KEY_FILE: missing })).toEqual(['API_KEY_FILE']);
    expect(faultsOf({ SERVER_TYPE: 'master', API_KEY_FILE: missing })).toEqual(['API_KEY_FILE']);
  });
});
