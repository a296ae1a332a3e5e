/** A disk of a few MiB that a test can freeze: ext4 on a loop device, where the system lets us mount one. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class FreezableDisk {
  private isFrozen = false;

  private constructor(
    readonly path: string,
    private readonly home: string,
  ) {}

  static mount(path: string, mebibytes: number): FreezableDisk {
    const home = mkdtempSync(join(tmpdir(), 'replog-disk-'));
    const image = join(home, 'image');
    mkdirSync(path, { recursive: true });
    try {
      run('truncate', ['-s', `${mebibytes}M`, image]);
      run('mkfs.ext4', ['-q', image]);
      run('mount', ['-o', 'loop', image, path]);
    } catch (error) {
      rmSync(home, { recursive: true, force: true });
      throw error;
    }
    return new FreezableDisk(path, home);
  }

  /** Every write waits from now on; what is cached can be read. */
  freeze(): void {
    run('fsfreeze', ['--freeze', this.path]);
    this.isFrozen = true;
  }

  /** A process that waits for a frozen disk cannot be killed: thaw before its end. */
  thaw(): void {
    if (this.isFrozen) run('fsfreeze', ['--unfreeze', this.path]);
    this.isFrozen = false;
  }

  /** Whoever has files open there must have ended. */
  unmount(): void {
    spawnSync('umount', [this.path]);
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** Why this machine gives us no disk to freeze; `null` where it does. */
export function whyNoFreezableDisk(): string | null {
  if (process.platform !== 'linux') return 'only Linux has fsfreeze';
  if (process.getuid?.() !== 0) return 'mounting needs root';
  const path = mkdtempSync(join(tmpdir(), 'replog-frozen-'));
  try {
    const disk = FreezableDisk.mount(path, 8);
    try {
      disk.freeze();
      disk.thaw();
    } finally {
      disk.unmount();
    }
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

function run(command: string, words: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, words);
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? String(stderr).trim()}`);
}
