/**
 * Wraps another file system and injects faults. A plan gets each operation and returns its fault: a test aims at one
 * operation, the simulation draws at random.
 */
import type { FileSystem, OpenDirectory, OpenFile, OpenMode, OpenOptions, WriteOptions } from '../file-system.port.js';
import { systemError } from './memory-file-system.js';

export type OperationKind =
  | 'open'
  | 'list'
  | 'size'
  | 'rename'
  | 'remove'
  | 'makeDirectory'
  | 'syncDirectory'
  | 'read'
  | 'write'
  | 'sync'
  | 'truncate'
  | 'close';

export interface Operation {
  readonly kind: OperationKind;
  readonly path: string;
  /** Counts all operations, from 1. */
  readonly number: number;
  /** Bytes to read or write; 0 for other operations. */
  readonly bytes: number;
  readonly position: number;
}

export type Fault =
  /** Fails and does nothing. `ENOSPC`: the disk is full. */
  | { readonly kind: 'error'; readonly code: string }
  /** Only the first `bytes` are written (at least one); a read gives that many. */
  | { readonly kind: 'short'; readonly bytes: number }
  /** The operation is done and then fails: a sync that reports an error, a machine that stops before the answer. */
  | { readonly kind: 'late-error'; readonly code: string }
  /** The operation does not begin until `until` resolves. */
  | { readonly kind: 'hang'; readonly until: Promise<void> }
  /** One bit of the bytes read or written is flipped. */
  | { readonly kind: 'flip'; readonly bit: number };

export type FaultPlan = (operation: Operation) => Fault | null;

export class FaultyFileSystem implements FileSystem {
  /** Called before each operation. May be replaced at any time. */
  plan: FaultPlan;
  /** Operations so far. */
  operations = 0;

  constructor(
    private readonly inner: FileSystem,
    plan: FaultPlan = () => null,
  ) {
    this.plan = plan;
  }

  async open(path: string, mode: OpenMode, options?: OpenOptions): Promise<OpenFile> {
    const file = await this.perform('open', path, () => this.inner.open(path, mode, options));
    return new FaultyFile(this, path, file);
  }

  list(path: string): Promise<string[]> {
    return this.perform('list', path, () => this.inner.list(path));
  }

  size(path: string): Promise<number | null> {
    return this.perform('size', path, () => this.inner.size(path));
  }

  rename(from: string, to: string): Promise<void> {
    return this.perform('rename', to, () => this.inner.rename(from, to));
  }

  remove(path: string): Promise<void> {
    return this.perform('remove', path, () => this.inner.remove(path));
  }

  makeDirectory(path: string): Promise<void> {
    return this.perform('makeDirectory', path, () => this.inner.makeDirectory(path));
  }

  syncDirectory(path: string): Promise<void> {
    return this.perform('syncDirectory', path, () => this.inner.syncDirectory(path));
  }

  async openDirectory(path: string): Promise<OpenDirectory> {
    const directory = await this.perform('open', path, () => this.inner.openDirectory(path));
    return {
      sync: () => this.perform('syncDirectory', path, () => directory.sync()),
      close: () => directory.close(),
    };
  }

  /** The planned fault of the next operation. */
  next(kind: OperationKind, path: string, position = 0, bytes = 0): Fault | null {
    this.operations += 1;
    return this.plan({ kind, path, number: this.operations, bytes, position });
  }

  async perform<Result>(kind: OperationKind, path: string, run: () => Promise<Result>): Promise<Result> {
    return withErrors(this.next(kind, path), run, kind === 'sync' ? 'fsync' : undefined);
  }
}

class FaultyFile implements OpenFile {
  constructor(
    private readonly files: FaultyFileSystem,
    private readonly path: string,
    private readonly inner: OpenFile,
  ) {}

  async read(target: Buffer, position: number): Promise<number> {
    const fault = this.files.next('read', this.path, position, target.length);
    const part = fault?.kind === 'short' ? target.subarray(0, Math.max(1, fault.bytes)) : target;
    const count = await withErrors(fault, () => this.inner.read(part, position));
    if (fault?.kind === 'flip') flip(target.subarray(0, count), fault.bit);
    return count;
  }

  async write(buffers: readonly Buffer[], position: number, options?: WriteOptions): Promise<number> {
    const bytes = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
    const fault = this.files.next('write', this.path, position, bytes);
    return withErrors(fault, () => this.inner.write(altered(buffers, fault), position, options));
  }

  sync(): Promise<void> {
    return this.files.perform('sync', this.path, () => this.inner.sync());
  }

  truncate(bytes: number): Promise<void> {
    return this.files.perform('truncate', this.path, () => this.inner.truncate(bytes));
  }

  size(): Promise<number> {
    return this.files.perform('size', this.path, () => this.inner.size());
  }

  close(): Promise<void> {
    return this.files.perform('close', this.path, () => this.inner.close());
  }
}

async function withErrors<Result>(fault: Fault | null, run: () => Promise<Result>, syscall?: string): Promise<Result> {
  if (fault?.kind === 'error') throw systemError(fault.code, 'a planned fault', syscall);
  if (fault?.kind === 'hang') await fault.until;
  const result = await run();
  if (fault?.kind === 'late-error') throw systemError(fault.code, 'a planned fault, after the operation', syscall);
  return result;
}

function altered(buffers: readonly Buffer[], fault: Fault | null): readonly Buffer[] {
  if (fault?.kind !== 'short' && fault?.kind !== 'flip') return buffers;
  const bytes = Buffer.concat(buffers);
  if (fault.kind === 'short') return [bytes.subarray(0, Math.max(1, fault.bytes))];
  flip(bytes, fault.bit);
  return [bytes];
}

function flip(bytes: Buffer, bit: number): void {
  if (bytes.length === 0) return;
  const at = (bit >>> 3) % bytes.length;
  bytes[at] = (bytes[at] as number) ^ (1 << (bit & 7));
}
