/** How a node appends messages at the master, as a client of its HTTP API. The master may be the node itself. */

export const MASTER_APPEND = Symbol('MASTER_APPEND');

export interface ReappendLine {
  readonly seq: number;
  readonly key: string;
  readonly payload: Buffer;
}

export interface AppendedLines {
  readonly appended: number;
  readonly duplicates: number;
}

export interface MasterAppend {
  /**
   * Appends all lines or none. Resolves once a majority has them. Rejects with the ReplogError of the master;
   * KEY_REUSED names the `line`, from 1, whose key holds another message there.
   */
  append(masterUrl: string, lines: readonly ReappendLine[]): Promise<AppendedLines>;
}
