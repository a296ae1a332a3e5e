/** What the figures were measured on: without it they mean nothing to anyone else. */
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { outputOf } from '../load/command.js';

const GIB = 1024 ** 3;
/** File systems that keep nothing: a sync there is no sync. */
const IN_MEMORY = ['tmpfs', 'ramfs'];

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  /** Device and file system of the data directories. */
  readonly disk: string;
  readonly isDiskReal: boolean;
}

export async function machineOf(folder: string): Promise<Machine> {
  const mount = await outputOf('findmnt', ['-no', 'SOURCE,FSTYPE', '-T', folder]).catch(() => 'unknown unknown');
  const [source = 'unknown', fileSystem = 'unknown'] = mount.trim().split(/\s+/);
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round((totalmem() / GIB) * 10) / 10,
    kernel: `${type()} ${release()}`,
    disk: `${source.startsWith('/dev/') ? source.slice('/dev/'.length) : source}, ${fileSystem}`,
    isDiskReal: !IN_MEMORY.includes(fileSystem),
  };
}
