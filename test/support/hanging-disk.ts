/** The disk of the machine, that a test can let hang: from then on no operation that stores ends, until it is released. */
import { FaultyFileSystem } from '@replog/log-store/testing/faulty-file-system.js';
import type { FaultPlan } from '@replog/log-store/testing/faulty-file-system.js';
import { NodeFileSystem } from '@replog/log-store/node-file-system.js';

const GOES_ON: FaultPlan = () => null;
const READS = ['read', 'list', 'size'];

export class HangingDisk {
  readonly files = new FaultyFileSystem(new NodeFileSystem());
  private end: () => void = () => undefined;

  hang(): void {
    const until = new Promise<void>((resolve) => (this.end = resolve));
    this.files.plan = ({ kind }) => (READS.includes(kind) ? null : { kind: 'hang', until });
  }

  release(): void {
    this.files.plan = GOES_ON;
    this.end();
  }
}
