/** Who else is measured. */
import type { Peer } from './contender.js';
import { ETCD } from './etcd.js';
import { NATS } from './nats.js';
import { POSTGRESQL } from './postgresql.js';
import { REDIS } from './redis.js';

export const PEERS: readonly Peer[] = [ETCD, POSTGRESQL, REDIS, NATS];
