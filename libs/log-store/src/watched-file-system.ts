/**
 * Wraps a file system and knows since when an operation is under way, so that a disk that hangs is found. Only what stores
 * counts: a read may wait for many others, and a disk that is slow to read still stores.
 *
 * An operation that waits for a thread of the process's pool is under way too. So a pool whose threads all hang shows here.
 */
import type { Clock } from '@replog/contracts/ports.js';
import type { FileSystem, OpenDirectory, OpenFile, OpenMode, OpenOptions, WriteOptions } from './file-system.port.js';

interface Operation {
  readonly sinceMs: number;
}

export class WatchedFileSystem implements FileSystem {
  /** Those under way, oldest first: a set keeps the order of its entries. */
  private readonly running = new Set<Operation>();

  constructor(
    private readonly inner: FileSystem,
    private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  /** When the oldest operation under way began, by `nowMs` of the clock; `null` if none is. */
  get busySinceMs(): number | null {
    for (const { sinceMs } of this.running) return sinceMs;
    return null;
  }

  async open(path: string, mode: OpenMode, options?: OpenOptions): Promise<OpenFile> {
    if (mode === 'read') return this.inner.open(path, mode, options);
    const file = await this.watch(() => this.inner.open(path, mode, options));
    return new WatchedFile(this, file);
  }

  list(path: string): Promise<string[]> {
    return this.inner.list(path);
  }

  size(path: string): Promise<number | null> {
    return this.inner.size(path);
  }

  rename(from: string, to: string): Promise<void> {
    return this.watch(() => this.inner.rename(from, to));
  }

  remove(path: string): Promise<void> {
    return this.watch(() => this.inner.remove(path));
  }

  makeDirectory(path: string): Promise<void> {
    return this.watch(() => this.inner.makeDirectory(path));
  }

  syncDirectory(path: string): Promise<void> {
    return this.watch(() => this.inner.syncDirectory(path));
  }

  async openDirectory(path: string): Promise<OpenDirectory> {
    const directory = await this.inner.openDirectory(path);
    return { sync: () => this.watch(() => directory.sync()), close: () => directory.close() };
  }

  begin(): Operation {
    const operation = { sinceMs: this.clock.nowMs() };
    this.running.add(operation);
    return operation;
  }

  end(operation: Operation): void {
    this.running.delete(operation);
  }

  async watch<Result>(run: () => Promise<Result>): Promise<Result> {
    const operation = this.begin();
    try {
      return await run();
    } finally {
      this.end(operation);
    }
  }
}

class WatchedFile implements OpenFile {
  constructor(
    private readonly files: WatchedFileSystem,
    private readonly inner: OpenFile,
  ) {}

  read(target: Buffer, position: number): Promise<number> {
    return this.inner.read(target, position);
  }

  /** Every record goes this way, so it makes no closure. */
  async write(buffers: readonly Buffer[], position: number, options?: WriteOptions): Promise<number> {
    const operation = this.files.begin();
    try {
      return await this.inner.write(buffers, position, options);
    } finally {
      this.files.end(operation);
    }
  }

  sync(): Promise<void> {
    return this.files.watch(() => this.inner.sync());
  }

  truncate(bytes: number): Promise<void> {
    return this.files.watch(() => this.inner.truncate(bytes));
  }

  size(): Promise<number> {
    return this.inner.size();
  }

  close(): Promise<void> {
    return this.files.watch(() => this.inner.close());
  }
}
