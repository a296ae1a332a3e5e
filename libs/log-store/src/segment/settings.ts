/** The settings of a segment log. */
import type { Clock } from '@replog/contracts/ports.js';
import type { FileSystem } from '../file-system.port.js';
import type { LogLayout } from './layout.js';

export interface SegmentLogSettings {
  readonly segmentBytes: number;
  readonly ringBytes: number;
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly layout: LogLayout;
}
