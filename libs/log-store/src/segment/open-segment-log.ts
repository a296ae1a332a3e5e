import type { Clock } from '@replog/contracts/ports.js';
import { RING_BYTES } from '@replog/contracts/limits.js';
import type { FileSystem } from '../file-system.port.js';
import type { LogStore } from '../log-store.port.js';
import { NodeFileSystem } from '../node-file-system.js';
import { LogLayout } from './layout.js';
import { finishChange } from './log-change.js';
import { refuseNewer } from './refuse-newer.js';
import { removeUnfinishedOrphans } from './orphan-files.js';
import type { LogDamage } from './recovery.js';
import { removeLeftovers } from './recovery.js';
import { SegmentLogStore } from './segment-log-store.js';

export type { LogDamage } from './recovery.js';

export interface SegmentLogOptions {
  /** The data directory of the node, locked by this process (`openDataDirectory`). */
  readonly directory: string;
  /** Bytes of a new segment file; existing segments keep their size. One `append` can always take this much. */
  readonly segmentBytes: number;
  /** Most bytes of recent durable records kept in memory. Default: `RING_BYTES`. */
  readonly ringBytes?: number;
  /** Default: the file system of the machine. */
  readonly fileSystem?: FileSystem;
  readonly clock: Clock;
}

export interface OpenedLog {
  readonly store: LogStore;
  /**
   * A record that was durable and is damaged. The store then serves the records before it, and appends nothing
   * (`CORRUPT_RECORD`) until `quarantineFrom(damage.index)`. The files stay as they are. `null` without damage.
   */
  readonly damage: LogDamage | null;
}

/**
 * Opens the log in a data directory, or creates it. A torn tail is cut; damage is reported and never cut. Throws
 * NewerVersionError, and has changed nothing then, where a newer build has written what this one does not know.
 */
export async function openSegmentLog(options: SegmentLogOptions): Promise<OpenedLog> {
  const fileSystem = options.fileSystem ?? new NodeFileSystem();
  const layout = new LogLayout(options.directory);
  for (const directory of [layout.root, layout.log, layout.orphans, layout.quarantine]) {
    await fileSystem.makeDirectory(directory);
  }
  await fileSystem.syncDirectory(layout.root);
  await refuseNewer(fileSystem, layout);
  await finishChange(fileSystem, layout);
  await removeLeftovers(fileSystem, layout);
  await removeUnfinishedOrphans(fileSystem, layout);
  const { segmentBytes, clock, ringBytes = RING_BYTES } = options;
  return SegmentLogStore.open({ segmentBytes, ringBytes, fileSystem, clock, layout });
}
