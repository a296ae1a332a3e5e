import { join } from 'node:path';

import type { Role } from '@replog/contracts/http.js';
import type { WriteConcern } from '@replog/contracts/views.js';

export type QuorumLoss = 'read-only' | 'accept';
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
export type LogFormat = 'json' | 'pretty';

/** The whole configuration of one node, checked and with units in its names. Nothing else reads the environment. */
export interface NodeConfig {
  /** The role the node starts in. */
  readonly role: Role;
  /** May end in `*` until `withNumber` has put a number in its place. */
  readonly nodeId: string;
  readonly dataDir: string;
  readonly host: string;
  /** The port of the role the node starts in; 0 lets the system choose. */
  readonly port: number;
  /** Where secondaries register. */
  readonly masterUrl: string;
  /** How other nodes reach this one; `null`: the master takes it from the registration. */
  readonly advertisedUrl: string | null;

  readonly apiKey: string;
  /** The client key where no other is set. */
  readonly adminApiKey: string;
  /** 32 bytes that sign the tokens between nodes. */
  readonly clusterKey: Uint8Array;
  /** The cluster key comes from the client key: who holds that can pose as a node. The node warns of it. */
  readonly isClusterKeyDerived: boolean;

  readonly secondaries: number;
  readonly maxSecondaries: number;
  readonly healthcheckDelayMs: number;
  readonly healthcheckFailures: number;
  readonly healthcheckTimeoutMs: number;
  /** How long this node waits, on purpose, before it answers or applies; `null`: not at all. */
  readonly delay: { readonly minMs: number; readonly maxMs: number } | null;

  readonly defaultWriteConcern: WriteConcern;
  readonly writeConcernTimeoutMs: number;
  readonly quorumLoss: QuorumLoss;

  readonly maxMessageBytes: number;
  readonly maxInflightBytes: number;
  readonly segmentBytes: number;
  /** How fast the log is read in the background to find damage; 0: it is not. */
  readonly scrubBytesPerSecond: number;

  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

/** Does the node id end in `*`, so that a number has to be found for it? */
export function needsNumber(config: NodeConfig): boolean {
  return config.nodeId.endsWith('*');
}

/** The configuration with `number` for the `*` of its node id and data directory. */
export function withNumber(config: NodeConfig, number: number): NodeConfig {
  const fill = (pattern: string): string => pattern.replace(/\*$/, String(number));
  return { ...config, nodeId: fill(config.nodeId), dataDir: fill(config.dataDir) };
}

export function defaultDataDir(nodeId: string): string {
  return join('data', nodeId);
}
