/** What must hold between variables. A relation is asked only of variables that are themselves in order. */
import type { ConfigFault } from './config-error.js';
import type { Environment } from './environment.js';

/** Room a segment leaves for everything of a record that is not its message. */
const RECORD_ROOM_BYTES = 64 * 1024;

interface Relation {
  readonly of: readonly (keyof Environment)[];
  /** The fault, where the relation does not hold. */
  readonly fault: (environment: Environment) => ConfigFault | false;
}

const RELATIONS: readonly Relation[] = [
  {
    of: ['SERVER_TYPE'],
    fault: ({ SERVER_TYPE: role }) =>
      role === undefined && { variable: 'SERVER_TYPE', found: 'not set', allowed: '`master` or `secondary`' },
  },
  {
    of: ['API_KEY', 'API_KEY_FILE'],
    fault: ({ API_KEY: key, API_KEY_FILE: file }) =>
      key === undefined &&
      file === undefined && { variable: 'API_KEY', found: 'not set', allowed: 'a key, here or in `API_KEY_FILE`' },
  },
  {
    of: ['MAX_MESSAGE_BYTES', 'SEGMENT_BYTES'],
    fault: ({ MAX_MESSAGE_BYTES: message, SEGMENT_BYTES: segment }) =>
      message + RECORD_ROOM_BYTES > segment && {
        variable: 'MAX_MESSAGE_BYTES',
        found: `${message} bytes, too large for a segment of ${segment}`,
        allowed: `at most ${segment - RECORD_ROOM_BYTES} (SEGMENT_BYTES less 64 KiB)`,
      },
  },
  {
    of: ['MAX_MESSAGE_BYTES', 'MAX_INFLIGHT_BYTES'],
    fault: ({ MAX_MESSAGE_BYTES: message, MAX_INFLIGHT_BYTES: inflight }) =>
      inflight < message && {
        variable: 'MAX_INFLIGHT_BYTES',
        found: `${inflight} bytes`,
        allowed: `at least MAX_MESSAGE_BYTES (${message})`,
      },
  },
  {
    of: ['SECONDARIES', 'MAX_SECONDARIES'],
    fault: ({ SECONDARIES: wanted, MAX_SECONDARIES: most }) =>
      wanted > most && { variable: 'SECONDARIES', found: `${wanted}`, allowed: `at most MAX_SECONDARIES (${most})` },
  },
  {
    of: ['DEFAULT_WRITE_CONCERN', 'MAX_SECONDARIES'],
    fault: ({ DEFAULT_WRITE_CONCERN: concern, MAX_SECONDARIES: most }) =>
      typeof concern === 'number' &&
      concern > most && {
        variable: 'DEFAULT_WRITE_CONCERN',
        found: `${concern}`,
        allowed: `\`majority\`, \`all\`, or at most MAX_SECONDARIES (${most})`,
      },
  },
  {
    of: ['SERVER_TYPE', 'MASTER_PORT'],
    fault: ({ SERVER_TYPE: role, MASTER_PORT: port }) =>
      role === 'secondary' &&
      port === 0 && { variable: 'MASTER_PORT', found: '0', allowed: 'on a secondary, 1 to 65535' },
  },
  {
    of: ['NODE_ID', 'DATA_DIR'],
    fault: ({ NODE_ID: nodeId, DATA_DIR: dataDir }) =>
      dataDir !== undefined &&
      nodeId.endsWith('*') !== dataDir.endsWith('*') && {
        variable: 'DATA_DIR',
        found: JSON.stringify(dataDir),
        allowed: nodeId.endsWith('*') ? 'a path that ends in `*`, as NODE_ID does' : 'a path that does not end in `*`',
      },
  },
];

export function findBrokenRelations(environment: Environment, invalid: ReadonlySet<string>): ConfigFault[] {
  return RELATIONS.filter(({ of }) => !of.some((variable) => invalid.has(variable)))
    .map(({ fault }) => fault(environment))
    .filter((fault) => fault !== false);
}
