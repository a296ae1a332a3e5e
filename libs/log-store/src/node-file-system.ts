/**
 * The file system of the machine. It uses callbacks and not `fs.promises`: the latency of the service is that of one durable
 * write, and a `FileHandle` costs more than the system call that it wraps.
 */
import type { Stats } from 'node:fs';
import {
  close,
  constants,
  fdatasync,
  fstat,
  ftruncate,
  fsync,
  open,
  promises,
  read,
  writev,
  writevSync,
} from 'node:fs';
import type { FileSystem, OpenDirectory, OpenFile, OpenMode, OpenOptions, WriteOptions } from './file-system.port.js';
import { errorCode } from './file-system.port.js';

/** 0 if the platform has no such flag (Windows) or if writes with it are not durable (macOS). */
export function durableFlagOf(platform: NodeJS.Platform, flag: number | undefined): number {
  return platform === 'darwin' ? 0 : (flag ?? 0);
}

const FLAGS: Record<OpenMode, number> = {
  read: constants.O_RDONLY,
  update: constants.O_RDWR,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC,
};

class NodeFile implements OpenFile {
  constructor(
    private readonly fd: number,
    private readonly mustSyncWrites: boolean,
  ) {}

  read(target: Buffer, position: number): Promise<number> {
    return settle((done) => read(this.fd, target, 0, target.length, position, done));
  }

  async write(buffers: readonly Buffer[], position: number, { mayBlock }: WriteOptions = {}): Promise<number> {
    if (mayBlock === true && !this.mustSyncWrites) return writevSync(this.fd, buffers, position);
    const count = await settle<number>((done) => writev(this.fd, buffers as Buffer[], position, done));
    if (this.mustSyncWrites) await settle((done) => fdatasync(this.fd, done));
    return count;
  }

  sync(): Promise<void> {
    return settle((done) => fsync(this.fd, done));
  }

  truncate(bytes: number): Promise<void> {
    return settle((done) => ftruncate(this.fd, bytes, done));
  }

  async size(): Promise<number> {
    return (await settle<Stats>((done) => fstat(this.fd, done))).size;
  }

  close(): Promise<void> {
    return settle((done) => close(this.fd, done));
  }
}

/** Windows cannot open a directory for a sync; its file system keeps the order of renames by itself. */
const UNSYNCED: OpenDirectory = { sync: () => Promise.resolve(), close: () => Promise.resolve() };

export class NodeFileSystem implements FileSystem {
  /** `durableFlag` is the open flag that makes every write durable. With 0 each write is followed by a sync. */
  constructor(
    private readonly platform: NodeJS.Platform = process.platform,
    private readonly durableFlag = durableFlagOf(platform, constants.O_DSYNC),
  ) {}

  async open(path: string, mode: OpenMode, options: OpenOptions = {}): Promise<OpenFile> {
    const isDurable = options.isDurable === true;
    const flags = FLAGS[mode] | (isDurable ? this.durableFlag : 0);
    const fd = await settle<number>((done) => open(path, flags, 0o644, done));
    return new NodeFile(fd, isDurable && this.durableFlag === 0);
  }

  async list(path: string): Promise<string[]> {
    return (await ifThere(promises.readdir(path), [])).sort();
  }

  async size(path: string): Promise<number | null> {
    return (await ifThere(promises.stat(path), null))?.size ?? null;
  }

  rename(from: string, to: string): Promise<void> {
    return promises.rename(from, to);
  }

  remove(path: string): Promise<void> {
    return promises.rm(path, { force: true });
  }

  async makeDirectory(path: string): Promise<void> {
    await promises.mkdir(path, { recursive: true });
  }

  async syncDirectory(path: string): Promise<void> {
    const directory = await this.openDirectory(path);
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }

  openDirectory(path: string): Promise<OpenDirectory> {
    return this.platform === 'win32' ? Promise.resolve(UNSYNCED) : this.open(path, 'read');
  }
}

/** Turns a call of `node:fs` with a callback into a promise. */
function settle<Result = void>(start: (done: (error: Error | null, result?: Result) => void) => void): Promise<Result> {
  return new Promise((resolve, reject) => {
    start((error, result) => {
      if (error) reject(error);
      else resolve(result as Result);
    });
  });
}

async function ifThere<Found, Missing>(found: Promise<Found>, missing: Missing): Promise<Found | Missing> {
  try {
    return await found;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return missing;
    throw error;
  }
}
