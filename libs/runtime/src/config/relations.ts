/**
 * Relations between two variables. The sentence about a fault is that of the first variable, with the value of the
 * other.
 */
import type { NodeEnvironment } from './node-environment.js';

/** Room in a segment for everything of a record except its message. */
const RECORD_ROOM_BYTES = 64 * 1024;

/** One or two heartbeats come late for other reasons than a lost master. */
const HEARTBEATS_UNHEARD = 3;

export interface Relation {
  readonly variable: keyof NodeEnvironment;
  readonly other: keyof NodeEnvironment;
  readonly holds: (environment: NodeEnvironment) => boolean;
}

export const RELATIONS: readonly Relation[] = [
  {
    variable: 'MASTER_PORT',
    other: 'SERVER_TYPE',
    holds: (env) => env.MASTER_PORT > 0 || env.SERVER_TYPE === 'master',
  },
  {
    variable: 'SECONDARIES',
    other: 'MAX_SECONDARIES',
    holds: (env) => env.SECONDARIES <= env.MAX_SECONDARIES,
  },
  {
    variable: 'ELECTION_TIMEOUT',
    other: 'HEARTBEAT',
    holds: (env) => env.ELECTION_TIMEOUT >= env.HEARTBEAT * HEARTBEATS_UNHEARD,
  },
  {
    variable: 'ELECTION_TIMEOUT',
    other: 'HEALTHCHECK_TIMEOUT',
    holds: (env) => env.ELECTION_TIMEOUT >= env.HEALTHCHECK_TIMEOUT,
  },
  {
    variable: 'DEFAULT_WRITE_CONCERN',
    other: 'MAX_SECONDARIES',
    holds: ({ DEFAULT_WRITE_CONCERN: concern, MAX_SECONDARIES: most }) =>
      typeof concern !== 'number' || concern <= most,
  },
  {
    variable: 'DATA_DIR',
    other: 'NODE_ID',
    holds: ({ DATA_DIR: dataDir, NODE_ID: nodeId }) =>
      dataDir === undefined || dataDir.endsWith('*') === nodeId.endsWith('*'),
  },
  {
    variable: 'MAX_MESSAGE_BYTES',
    other: 'SEGMENT_BYTES',
    holds: (env) => env.MAX_MESSAGE_BYTES + RECORD_ROOM_BYTES <= env.SEGMENT_BYTES,
  },
  {
    variable: 'MAX_INFLIGHT_BYTES',
    other: 'MAX_MESSAGE_BYTES',
    holds: (env) => env.MAX_INFLIGHT_BYTES >= env.MAX_MESSAGE_BYTES,
  },
  {
    variable: 'HEADERS_TIMEOUT',
    other: 'REQUEST_TIMEOUT',
    holds: (env) => env.HEADERS_TIMEOUT < env.REQUEST_TIMEOUT,
  },
];
