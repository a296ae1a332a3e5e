/** Every variable a node reads, in the order of the documentation. Times are milliseconds once they are read. */
import type { WriteConcern } from '@replog/contracts/views.js';
import { MAX_NODE_ID_LENGTH, MAX_TIMEOUT_MS, MOST_MESSAGE_BYTES } from '@replog/contracts/limits.js';
import { Transform } from 'class-transformer';
import { IsArray, IsBoolean, IsDefined, IsIn, IsOptional, IsString, Matches, ValidateIf } from 'class-validator';

import type { LogFormat, LogLevel, QuorumLoss } from './node-config.js';
import { LOG_LEVELS, MOST_SECONDARIES } from './allowed.js';
import { CorsOrigins } from './cors-origins.js';
import { Bytes, Seconds, Whole } from './numbers.js';
import { FailoverVariables } from './failover-variables.js';
import { addresses, delay, flag, hostUrl, origin, writeConcern } from './transforms.js';
import { Variable } from './variable.js';

const KIB = 1024;
const MIB = 1024 * KIB;

export class NodeEnvironment extends FailoverVariables {
  @Variable({
    default: 'http://master',
    allowed: 'a host name, or an http:// or https:// address without port and path (the port is `MASTER_PORT`)',
    meaning: 'where secondaries register',
  })
  @Transform(hostUrl)
  @IsString()
  MASTER_HOST!: string;

  @Variable({
    default: '8000',
    allowed: 'a whole number from 0 to 65535; 0, any free port, only on a master',
    meaning: 'the port a master listens on',
  })
  @Whole(0, 65_535)
  MASTER_PORT!: number;

  @Variable({
    default: '8000',
    allowed: 'a whole number from 0 (any free port) to 65535',
    meaning: 'the port a secondary listens on; `SLAVE_PORT` is read where it is unset',
  })
  @Whole(0, 65_535)
  SECONDARY_PORT!: number;

  @Variable({
    default: '2',
    allowed: 'a whole number from 0 to `MAX_SECONDARIES`',
    meaning: 'how many secondaries `npm start` and Compose run',
  })
  @Whole(0, MOST_SECONDARIES)
  SECONDARIES!: number;

  @Variable({
    default: '2',
    allowed: 'seconds from 0.05 to 3600',
    meaning: 'seconds between two pings of a secondary',
  })
  @Seconds(0.05, 3600)
  HEALTHCHECK_DELAY!: number;

  @Variable({
    default: '3',
    allowed: 'a whole number from 1 to 1000',
    meaning: 'missed pings after which a secondary counts as unreachable',
  })
  @Whole(1, 1000)
  HEALTHCHECK_FAILURES!: number;

  @Variable({
    default: '1',
    allowed: 'seconds from 0.05 to 3600',
    meaning: 'seconds a ping may take',
  })
  @Seconds(0.05, 3600)
  HEALTHCHECK_TIMEOUT!: number;

  @Variable({
    default: '0',
    allowed: 'seconds from 0 to 3600: one number, or two with a comma, the smaller first',
    meaning:
      'seconds this node waits on purpose, before it answers a write (whatever its `timeout`) or applies records: `2`, or `1,5` for a random time between',
  })
  @Transform(delay)
  @IsDefined()
  DELAY!: { minMs: number; maxMs: number };

  @Variable({
    default: 'majority',
    allowed: '`majority`, `all`, or a whole number from 0 to `MAX_SECONDARIES`',
    meaning: 'the write concern of a write that names none',
  })
  @Transform(writeConcern)
  @IsDefined()
  DEFAULT_WRITE_CONCERN!: WriteConcern;

  @Variable({
    default: '30',
    allowed: 'seconds from 0 to 86400',
    meaning: 'seconds a write waits for its concern before the answer is `pending`',
  })
  @Seconds(0, MAX_TIMEOUT_MS / 1000)
  WRITE_CONCERN_TIMEOUT!: number;

  @Variable({
    default: 'read-only',
    allowed: '`read-only` or `accept`',
    meaning: 'what a master does with writes while a majority of members is unreachable',
  })
  @IsIn(['read-only', 'accept'])
  QUORUM_LOSS!: QuorumLoss;

  @Variable({
    allowed: `1 to ${MAX_NODE_ID_LENGTH - 7} letters, digits, \`.\`, \`_\` or \`-\`, a letter or digit first; may end in \`*\``,
    meaning: 'the name of the node; a `*` at its end becomes the first number whose data directory is not in use',
    defaultMeaning: 'the host name',
  })
  @Matches(new RegExp(`^[A-Za-z0-9][A-Za-z0-9._-]{0,${MAX_NODE_ID_LENGTH - 8}}\\*?$`))
  NODE_ID!: string;

  @Variable({
    allowed: 'an http:// or https:// address without path, e.g. `http://10.0.0.7:8000`',
    meaning: 'how the other nodes reach this one',
    defaultMeaning: 'taken from the registration',
  })
  @Transform(origin)
  @ValidateIf((environment: NodeEnvironment) => environment.ADVERTISED_URL !== undefined)
  @IsString()
  ADVERTISED_URL?: string;

  @Variable({
    allowed: "addresses such as `http://10.0.0.7:8000` with commas between them; this node's own may be among them",
    meaning:
      'where the nodes of the cluster are: they are asked where to register, and a node with an empty directory founds a cluster only if a majority of them answers and none belongs to one. The same on all nodes',
    defaultMeaning: 'none',
  })
  @Transform(addresses)
  @ValidateIf((environment: NodeEnvironment) => environment.PEERS !== undefined)
  @IsArray()
  PEERS?: readonly string[];

  @Variable({
    default: '0.0.0.0',
    allowed: 'an address or name of this machine',
    meaning: 'the address to listen on',
  })
  @Matches(/^[A-Za-z0-9.:_%-]{1,253}$/)
  HOST!: string;

  @Variable({
    allowed: 'a path; ends in `*` where `NODE_ID` does',
    meaning: 'the data directory',
    defaultMeaning: './data/`NODE_ID`',
  })
  @IsOptional()
  @Matches(/^[^\0]+$/)
  DATA_DIR?: string;

  @Variable({
    default: '1MiB',
    allowed: 'bytes from 1 to 256 MiB, plain or with KiB or MiB, at least 64 KiB below `SEGMENT_BYTES`',
    meaning: 'the largest message',
  })
  @Bytes(1, MOST_MESSAGE_BYTES)
  MAX_MESSAGE_BYTES!: number;

  @Variable({
    default: '64MiB',
    allowed: 'bytes from `MAX_MESSAGE_BYTES` to 4 GiB, plain or with KiB, MiB or GiB',
    meaning: 'bytes of writes in flight, what has arrived of bodies included; further ones are refused',
  })
  @Bytes(1, 4096 * MIB)
  MAX_INFLIGHT_BYTES!: number;

  @Variable({
    allowed: 'a whole number from 1 to 1000000',
    meaning:
      'connections of clients at one time; further ones get 503 `TOO_MANY_CONNECTIONS`, other nodes and health checks are still served',
    defaultMeaning: 'half of the files the process may have open (`ulimit -n`), at most 10000',
  })
  @IsOptional()
  @Whole(1, 1_000_000)
  MAX_CONNECTIONS?: number;

  @Variable({
    default: '64',
    allowed: 'a whole number from 0 to 256',
    meaning: 'the largest number of secondaries in a cluster',
  })
  @Whole(0, MOST_SECONDARIES)
  MAX_SECONDARIES!: number;

  @Variable({
    default: '64MiB',
    allowed: 'bytes from 128 KiB to 1 GiB, plain or with KiB, MiB or GiB, at least 64 KiB above `MAX_MESSAGE_BYTES`',
    meaning: 'the size of one segment file of the log',
  })
  @Bytes(128 * KIB, 1024 * MIB)
  SEGMENT_BYTES!: number;

  @Variable({
    default: '5',
    allowed: 'seconds from 0.1 to 3600',
    meaning: 'seconds a write or sync may take before the disk counts as stalled',
  })
  @Seconds(0.1, 3600)
  DISK_STALL!: number;

  @Variable({
    default: '4MiB',
    allowed: 'bytes from 0 (off) to 1 GiB, plain or with KiB, MiB or GiB',
    meaning: 'bytes of its log that a node reads each second, over and over in the background, to find damage',
  })
  @Bytes(0, 1024 * MIB)
  SCRUB_BYTES_PER_SECOND!: number;

  @CorsOrigins()
  CORS_ORIGINS?: readonly string[];

  @Variable({
    default: '65',
    allowed: 'seconds from 1 to 3600',
    meaning:
      'seconds a connection of a client may be idle; longer than the load balancer in front of the node allows, so that the load balancer closes first',
  })
  @Seconds(1, 3600)
  KEEP_ALIVE_TIMEOUT!: number;

  @Variable({
    default: '60',
    allowed: 'seconds from 1 to 3600, less than `REQUEST_TIMEOUT`',
    meaning: 'seconds the headers of a request may take to arrive',
  })
  @Seconds(1, 3600)
  HEADERS_TIMEOUT!: number;

  @Variable({
    default: '300',
    allowed: 'seconds from 1 to 86400',
    meaning: 'seconds a whole request, headers and body, may take to arrive',
  })
  @Seconds(1, MAX_TIMEOUT_MS / 1000)
  REQUEST_TIMEOUT!: number;

  @Variable({
    default: '2',
    allowed: 'seconds from 0 to 3600',
    meaning:
      'seconds that answers under way may still take when the node stops or changes its role; then their connections are cut',
  })
  @Seconds(0, 3600)
  SHUTDOWN_GRACE!: number;

  @Variable({
    default: 'false',
    allowed: '`true` or `false`',
    meaning:
      'a secondary that is stopped in order leaves the membership first, within `SHUTDOWN_GRACE`; when it starts again it joins again, with its data. For replicas that are scaled down',
  })
  @Transform(flag)
  @IsBoolean()
  LEAVE_ON_STOP!: boolean;

  @Variable({
    default: 'info',
    allowed: LOG_LEVELS.map((level) => `\`${level}\``).join(', '),
    meaning: 'the least severe lines the node logs',
  })
  @IsIn(LOG_LEVELS)
  LOG_LEVEL!: LogLevel;

  @Variable({
    allowed: '`json` or `pretty`',
    meaning: 'how log lines look',
    defaultMeaning: '`json`; `pretty` on a terminal',
  })
  @IsOptional()
  @IsIn(['json', 'pretty'])
  LOG_FORMAT?: LogFormat;
}
