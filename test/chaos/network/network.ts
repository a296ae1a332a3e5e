/**
 * The network between the nodes of a run. Every pair of nodes can be cut, each direction by itself. Clients always
 * reach all nodes, so that their answers can be checked.
 */
import type { Partitions } from './partitions.js';

/** `namespaces`: each node has a network of its own, and the kernel drops what may not pass. `proxies`: we carry it. */
export type PartitionKind = 'namespaces' | 'proxies';

/** Where one node lives. */
export interface Site {
  /** What goes before its command line; empty where it runs in our own network. */
  readonly launcher: readonly string[];
  readonly host: string;
  readonly port: number;
  /** Where the other nodes reach it. */
  readonly advertisedUrl: string;
  /** Only when its process has ended. */
  close(): Promise<void>;
}

export interface Network {
  readonly kind: PartitionKind;
  readonly partitions: Partitions;
  site(number: number): Promise<Site>;
  /**
   * The connections that `from` has to `to` carry nothing from now on, in no direction, and stay open; new ones work. Answers
   * how many, and what ends it.
   */
  forget(from: string, to: string): { readonly count: number; readonly heal: () => void };
}

export function nameOf(number: number): string {
  return `node-${number}`;
}
