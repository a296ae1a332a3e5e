/**
 * A file system in memory that knows what is durable and what is not. Until a sync, a write is a set of dirty 512-byte
 * sectors, and a change of a directory is an entry in a journal. At a crash, chance keeps any subset of the sectors and any
 * prefix of the journal. Time and chance come from the caller.
 */
import { dirname } from 'node:path';
import type { FileSystem, OpenDirectory, OpenFile, OpenMode, OpenOptions } from '../file-system.port.js';
import { FileNode } from './file-node.js';
import type { Chance } from './file-node.js';

export interface MemoryFileSystemOptions {
  /** Most bytes of all files together; a write beyond that fails with ENOSPC. Default: no limit. */
  readonly capacityBytes?: number;
  /** How long an operation takes. Default: it resolves at once. */
  readonly pause?: () => Promise<void>;
}

/** A copy of all durable files, by path. */
export type DiskCopy = ReadonlyMap<string, Buffer | 'directory'>;

type Entries = Map<string, FileNode | 'directory'>;

/** One change of directory entries, all or nothing. */
interface JournalEntry {
  readonly directories: readonly string[];
  apply(entries: Entries): void;
}

export class MemoryFileSystem implements FileSystem {
  /** Most bytes of all files; `null`: no limit. May be changed at any time. */
  capacityBytes: number | null;
  private entries: Entries = new Map();
  private durableEntries: Entries = new Map();
  private journal: JournalEntry[] = [];
  /** Grows with every crash or kill. Files that were opened in an earlier life are dead. */
  private life = 0;

  constructor(private readonly options: MemoryFileSystemOptions = {}) {
    this.capacityBytes = options.capacityBytes ?? null;
  }

  /** The machine stops: chance keeps or loses what was not synced, and every open file is dead. */
  crash(chance: Chance): void {
    this.life += 1;
    const kept = Math.floor(chance() * (this.journal.length + 1));
    for (const entry of this.journal.splice(0, kept)) entry.apply(this.durableEntries);
    this.journal = [];
    this.entries = new Map(this.durableEntries);
    for (const node of this.entries.values()) if (node !== 'directory') node.crash(chance);
  }

  /** Only the process stops: what was written stays, synced or not. */
  killProcess(): void {
    this.life += 1;
  }

  /** The current bytes of a file, as a view: a test may read or change them. */
  contentOf(path: string): Buffer {
    const node = this.file(path);
    return node.content.subarray(0, node.size);
  }

  /** Paths of the files that a crash would leave now, sorted. */
  durableNames(): string[] {
    const files = [...this.durableEntries].filter(([, node]) => node !== 'directory');
    return files.map(([path]) => path).sort();
  }

  /** The durable bytes of a file, without what waits for a sync; `null` if a crash would leave no such file. */
  durableContentOf(path: string): Buffer | null {
    const node = this.durableEntries.get(path);
    return node === undefined || node === 'directory' ? null : node.durable;
  }

  /** What a crash would leave now. */
  copyDurable(): DiskCopy {
    return new Map(
      [...this.durableEntries].map(([path, node]) => [path, node === 'directory' ? node : Buffer.from(node.durable)]),
    );
  }

  /** `copy` takes the place of everything, and every open file is dead. */
  restore(copy: DiskCopy): void {
    this.life += 1;
    this.journal = [];
    this.entries = new Map();
    for (const [path, content] of copy) {
      this.entries.set(path, content === 'directory' ? content : FileNode.holding(content));
    }
    this.durableEntries = new Map(this.entries);
  }

  /** Changes bytes as a failing disk does, without an operation. */
  damage(path: string, position: number, change: (byte: number) => number): void {
    const node = this.file(path);
    for (const bytes of [node.content, node.durable]) {
      if (position < bytes.length) bytes[position] = change(bytes[position] as number) & 0xff;
    }
  }

  async open(path: string, mode: OpenMode, options: OpenOptions = {}): Promise<OpenFile> {
    await this.pause();
    if (mode === 'create') this.create(path);
    return new MemoryFile(this.access(), this.file(path), options.isDurable === true);
  }

  async list(path: string): Promise<string[]> {
    await this.pause();
    const prefix = `${path}/`;
    const inside = [...this.entries.keys()].filter((name) => name.startsWith(prefix));
    return inside
      .map((name) => name.slice(prefix.length))
      .filter((name) => !name.includes('/'))
      .sort();
  }

  async size(path: string): Promise<number | null> {
    await this.pause();
    const node = this.entries.get(path);
    return node === undefined || node === 'directory' ? null : node.size;
  }

  async rename(from: string, to: string): Promise<void> {
    await this.pause();
    const node = this.file(from);
    this.change([dirname(from), dirname(to)], (entries) => {
      entries.delete(from);
      entries.set(to, node);
    });
  }

  async remove(path: string): Promise<void> {
    await this.pause();
    if (this.entries.has(path)) this.change([dirname(path)], (entries) => entries.delete(path));
  }

  async makeDirectory(path: string): Promise<void> {
    await this.pause();
    for (let missing = path; !this.entries.has(missing) && missing !== dirname(missing); missing = dirname(missing)) {
      const made = missing;
      this.change([dirname(made)], (entries) => entries.set(made, 'directory'));
    }
  }

  async syncDirectory(path: string): Promise<void> {
    await this.pause();
    const upTo = this.journal.findLastIndex((entry) => entry.directories.includes(path));
    for (const entry of this.journal.splice(0, upTo + 1)) entry.apply(this.durableEntries);
  }

  openDirectory(path: string): Promise<OpenDirectory> {
    return Promise.resolve({ sync: () => this.syncDirectory(path), close: () => Promise.resolve() });
  }

  private create(path: string): void {
    const there = this.entries.get(path);
    if (there !== undefined && there !== 'directory') there.resize(0);
    else {
      const node = new FileNode();
      this.change([dirname(path)], (entries) => entries.set(path, node));
    }
  }

  private change(directories: readonly string[], apply: (entries: Entries) => void): void {
    apply(this.entries);
    this.journal.push({ directories, apply });
  }

  private file(path: string): FileNode {
    const node = this.entries.get(path);
    if (node === undefined || node === 'directory') throw systemError('ENOENT', `no such file: ${path}`);
    return node;
  }

  private access(): Access {
    const { life } = this;
    return {
      pause: () => this.pause(),
      checkAlive: () => {
        if (life !== this.life) throw systemError('EIO', 'the file was open when the machine stopped');
      },
      freeBytes: () => (this.capacityBytes === null ? Infinity : this.capacityBytes - this.usedBytes()),
    };
  }

  private usedBytes(): number {
    let used = 0;
    for (const node of this.entries.values()) if (node !== 'directory') used += node.size;
    return used;
  }

  private pause(): Promise<void> {
    return this.options.pause?.() ?? Promise.resolve();
  }
}

interface Access {
  /** Waits as long as an operation takes. */
  pause(): Promise<void>;
  /** Throws if the file is dead. Call it right before each effect: the machine can stop during a pause. */
  checkAlive(): void;
  freeBytes(): number;
}

class MemoryFile implements OpenFile {
  constructor(
    private readonly access: Access,
    private readonly node: FileNode,
    private readonly isDurable: boolean,
  ) {}

  async read(target: Buffer, position: number): Promise<number> {
    await this.access.pause();
    this.access.checkAlive();
    return position >= this.node.size
      ? 0
      : this.node.content.copy(target, 0, position, Math.min(position + target.length, this.node.size));
  }

  async write(buffers: readonly Buffer[], position: number): Promise<number> {
    await this.access.pause();
    this.access.checkAlive();
    const most = Math.max(this.node.size, Math.max(this.node.size, position) + this.access.freeBytes());
    if (position >= most) throw systemError('ENOSPC', 'no space left on device');
    const count = this.node.write(buffers, position, most);
    if (this.isDurable) await this.sync();
    return count;
  }

  async sync(): Promise<void> {
    await this.access.pause();
    this.access.checkAlive();
    this.node.sync();
  }

  async truncate(bytes: number): Promise<void> {
    await this.access.pause();
    this.access.checkAlive();
    this.node.resize(bytes);
  }

  async size(): Promise<number> {
    await this.access.pause();
    this.access.checkAlive();
    return this.node.size;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export function systemError(code: string, message: string, syscall?: string): Error {
  return Object.assign(new Error(`${code}: ${message}`), { code, syscall });
}
