import { join } from 'node:path';

import type { Role } from '@replog/contracts/http.js';
import type { WriteConcern } from '@replog/contracts/views.js';

export type QuorumLoss = 'read-only' | 'accept';
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
export type LogFormat = 'json' | 'pretty';

/**
 * The whole configuration of one node, checked, with units in its names. Nothing else reads the environment. It is a
 * class so that Nest injects it by its type; `readNodeConfig` makes it.
 */
export abstract class NodeConfig {
  /** The role the node starts in. */
  abstract readonly role: Role;
  /** May end in `*` until `withNumber` has replaced it by a number. */
  abstract readonly nodeId: string;
  abstract readonly dataDir: string;
  abstract readonly host: string;
  /** The port of the role the node starts in; 0 lets the system choose. */
  abstract readonly port: number;
  /** Where secondaries register. */
  abstract readonly masterUrl: string;
  /** How other nodes reach this one; `null`: the master takes it from the registration. */
  abstract readonly advertisedUrl: string | null;
  /** Addresses of nodes of the cluster, this one's own among them or not. */
  abstract readonly peers: readonly string[];

  abstract readonly apiKey: string;
  /** The client key, and the admin key if no other is set. */
  abstract readonly adminApiKey: string;
  /** 32 bytes that sign the tokens between nodes. */
  abstract readonly clusterKey: Uint8Array;

  abstract readonly secondaries: number;
  abstract readonly maxSecondaries: number;
  abstract readonly healthcheckDelayMs: number;
  abstract readonly healthcheckFailures: number;
  abstract readonly healthcheckTimeoutMs: number;
  /** Who makes another member master when the master is gone. */
  abstract readonly failover: 'auto' | 'manual';
  abstract readonly electionTimeoutMs: number;
  abstract readonly heartbeatMs: number;
  /** From 0, never master, to 100. */
  abstract readonly priority: number;
  /** How long this node waits on purpose before it answers or applies; `null`: no delay. */
  abstract readonly delay: { readonly minMs: number; readonly maxMs: number } | null;

  abstract readonly defaultWriteConcern: WriteConcern;
  abstract readonly writeConcernTimeoutMs: number;
  abstract readonly quorumLoss: QuorumLoss;

  abstract readonly maxMessageBytes: number;
  abstract readonly maxInflightBytes: number;
  /** Connections of clients; those of other nodes come on top. */
  abstract readonly maxConnections: number;
  abstract readonly segmentBytes: number;
  /** How long an operation on the disk may take before the disk counts as stalled. */
  abstract readonly diskStallMs: number;
  /** Bytes per second that the scrub reads; 0: no scrub. */
  abstract readonly scrubBytesPerSecond: number;

  /** Origins whose pages may use this node from a browser; `*`: any. Without one there is no CORS. */
  abstract readonly corsOrigins: readonly string[];

  /** How long a connection may be idle between two requests. */
  abstract readonly keepAliveTimeoutMs: number;
  /** How long the headers of a request may take to arrive; less than for the whole request. */
  abstract readonly headersTimeoutMs: number;
  abstract readonly requestTimeoutMs: number;
  /** How long answers under way may still take when the node stops or changes its role. */
  abstract readonly shutdownGraceMs: number;
  /** A secondary leaves the membership before it stops. */
  abstract readonly leaveOnStop: boolean;

  abstract readonly logLevel: LogLevel;
  abstract readonly logFormat: LogFormat;

  /** Warnings for the operator; the node logs them at its start. */
  abstract readonly warnings: readonly string[];
}

/** The node id ends in `*`, so a number must be found for it. */
export function needsNumber(config: NodeConfig): boolean {
  return config.nodeId.endsWith('*');
}

/** The configuration with `number` in place of the `*` in node id and data directory. */
export function withNumber(config: NodeConfig, number: number): NodeConfig {
  const fill = (pattern: string): string => pattern.replace(/\*$/, String(number));
  return { ...config, nodeId: fill(config.nodeId), dataDir: fill(config.dataDir) };
}

export function defaultDataDir(nodeId: string): string {
  return join('data', nodeId);
}
