/**
 * A machine's disk. Its content outlives the processes. Each operation takes time, and the process can end meanwhile:
 * then the operation gets no answer, and does not happen if it had not begun.
 */
import type { Random } from '@replog/contracts/ports.js';
import type { FileSystem, OpenDirectory, OpenFile, OpenMode, OpenOptions } from '@replog/log-store/file-system.port.js';
import { FaultyFileSystem } from '@replog/log-store/testing/faulty-file-system.js';
import { MemoryFileSystem } from '@replog/log-store/testing/memory-file-system.js';
import type { Fault, Operation, OperationKind } from '@replog/log-store/testing/faulty-file-system.js';
import { never } from './process.js';
import type { Process } from './process.js';

const SHORT_WRITE_CHANCE = 0.002;
const STORING: ReadonlySet<string> = new Set(['write', 'sync', 'rename', 'remove', 'truncate', 'syncDirectory']);

/** What may be lacking for a while, and which operations then fail. A sync is not among them: its failure is final. */
const FAILS_FOR_WANT = {
  EMFILE: ['open', 'list', 'syncDirectory'],
  ENOMEM: ['open', 'list', 'syncDirectory', 'read', 'write', 'rename', 'size'],
  ENOSPC: ['write', 'rename'],
} as const satisfies Record<string, readonly OperationKind[]>;

export type Lack = keyof typeof FAILS_FOR_WANT;

export const LACKS = Object.keys(FAILS_FOR_WANT) as Lack[];

export class SimulatedDisk {
  private media: MemoryFileSystem;
  private process: Process | null = null;
  /** Milliseconds that an operation takes at most. */
  slownessMs = 0.4;
  /** The next write or sync fails. */
  failsNext = false;
  /** What is lacking; `null` if nothing is. */
  lack: Lack | null = null;
  /** An operation of this process has failed for good. */
  hasFailed = false;
  /** Everything waits for it while the disk hangs. */
  private hanging: { readonly ended: Promise<void>; readonly end: () => void } | null = null;
  /** When the oldest operation of this process that would store something began to hang; `null` if none hangs. */
  private stuckSinceMs: number | null = null;
  /** When the disk went on after it had hung. */
  private releasedAtMs = Number.NEGATIVE_INFINITY;
  /** Called when a file or directory may have become durable. */
  onSynced: () => void = () => undefined;

  constructor(private readonly random: Random) {
    this.media = this.format();
  }

  get files(): MemoryFileSystem {
    return this.media;
  }

  /** For how long an operation that would store something has not ended. */
  get stuckMs(): number {
    const { process, stuckSinceMs } = this;
    return process === null || stuckSinceMs === null ? 0 : process.scheduler.nowMs - stuckSinceMs;
  }

  /** How long ago the disk hung last. */
  get msSinceHung(): number {
    const { process, hanging, releasedAtMs } = this;
    return process === null || hanging !== null ? 0 : process.scheduler.nowMs - releasedAtMs;
  }

  /** From now on no operation ends, until `release`. */
  hang(): void {
    if (this.hanging !== null) return;
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    this.hanging = { ended, end };
  }

  release(): void {
    if (this.hanging !== null) this.releasedAtMs = this.process?.scheduler.nowMs ?? this.releasedAtMs;
    this.hanging?.end();
    this.hanging = null;
    this.stuckSinceMs = null;
  }

  /** The file system as `process` sees it. */
  mount(process: Process): FileSystem {
    this.process = process;
    this.stuckSinceMs = null;
    this.failsNext = false;
    this.hasFailed = false;
    const faulty = new FaultyFileSystem(this.media, (operation) => this.faultOf(operation));
    return new MountedFileSystem(faulty, process, () => this.onSynced());
  }

  /** The process ended; the system keeps what was written. */
  killProcess(): void {
    this.process = null;
    this.media.killProcess();
  }

  /** The machine stopped: what was not synced is kept or lost by chance. */
  losePower(): void {
    this.process = null;
    this.media.crash(() => this.random.next());
  }

  wipe(): void {
    this.process = null;
    this.media = this.format();
  }

  private format(): MemoryFileSystem {
    return new MemoryFileSystem({ pause: () => this.pause() });
  }

  private pause(): Promise<void> {
    const { process, hanging } = this;
    if (process === null) return never();
    const take = (): Promise<void> => process.wait(this.random.next() * this.slownessMs);
    return hanging === null ? take() : hanging.ended.then(take);
  }

  private faultOf({ kind, bytes }: Operation): Fault | null {
    if (this.hanging !== null && STORING.has(kind)) this.stuckSinceMs ??= this.process?.scheduler.nowMs ?? null;
    if (this.failsNext && (kind === 'write' || kind === 'sync')) {
      this.failsNext = false;
      this.hasFailed = true;
      return { kind: this.random.next() < 0.5 ? 'error' : 'late-error', code: 'EIO' };
    }
    if (this.lack !== null && (FAILS_FOR_WANT[this.lack] as readonly OperationKind[]).includes(kind)) {
      return { kind: 'error', code: this.lack };
    }
    if (kind !== 'write' || this.random.next() >= SHORT_WRITE_CHANCE) return null;
    return { kind: 'short', bytes: Math.floor(this.random.next() * bytes) };
  }
}

/** An ended process gets no answer. */
class MountedFileSystem implements FileSystem {
  constructor(
    private readonly inner: FileSystem,
    private readonly process: Process,
    private readonly synced: () => void,
  ) {}

  async open(path: string, mode: OpenMode, options: OpenOptions = {}): Promise<OpenFile> {
    const file = await this.alive(() => this.inner.open(path, mode, options));
    const alive = <Result>(run: () => Promise<Result>): Promise<Result> => this.alive(run);
    const { synced } = this;
    return {
      read: (target, position) => alive(() => file.read(target, position)),
      write: async (buffers, position) => {
        const count = await alive(() => file.write(buffers, position));
        if (options.isDurable === true) synced();
        return count;
      },
      sync: async () => {
        await alive(() => file.sync());
        synced();
      },
      truncate: (bytes) => alive(() => file.truncate(bytes)),
      size: () => alive(() => file.size()),
      close: () => alive(() => file.close()),
    };
  }

  list(path: string): Promise<string[]> {
    return this.alive(() => this.inner.list(path));
  }

  size(path: string): Promise<number | null> {
    return this.alive(() => this.inner.size(path));
  }

  rename(from: string, to: string): Promise<void> {
    return this.alive(() => this.inner.rename(from, to));
  }

  remove(path: string): Promise<void> {
    return this.alive(() => this.inner.remove(path));
  }

  makeDirectory(path: string): Promise<void> {
    return this.alive(() => this.inner.makeDirectory(path));
  }

  async syncDirectory(path: string): Promise<void> {
    await this.alive(() => this.inner.syncDirectory(path));
    this.synced();
  }

  async openDirectory(path: string): Promise<OpenDirectory> {
    const directory = await this.alive(() => this.inner.openDirectory(path));
    const sync = async (): Promise<void> => {
      await this.alive(() => directory.sync());
      this.synced();
    };
    return { sync, close: () => this.alive(() => directory.close()) };
  }

  private async alive<Result>(run: () => Promise<Result>): Promise<Result> {
    if (this.process.isDead) return never();
    try {
      const result = await run();
      return this.process.isDead ? await never() : result;
    } catch (error) {
      if (this.process.isDead) return never();
      throw error;
    }
  }
}
