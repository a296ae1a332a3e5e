/** A disk of a few MiB that a test can fill: a tmpfs of its own, where the system lets us mount one. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class SmallDisk {
  private constructor(readonly path: string) {}

  static mount(path: string, mebibytes: number): SmallDisk {
    mkdirSync(path, { recursive: true });
    const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path]);
    if (status !== 0) throw new Error(`no disk at ${path}: ${String(stderr)}`);
    return new SmallDisk(path);
  }

  /** Leaves about `bytes` free, less where a node that runs takes room at the same time. */
  fill(bytes: number): void {
    const { bavail, bsize } = statfsSync(this.path);
    try {
      writeFileSync(this.ballast, Buffer.alloc(Math.max(0, bavail * bsize - bytes)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }

  makeRoom(): void {
    rmSync(this.ballast, { force: true });
  }

  /** Whoever has files open there must have ended. */
  unmount(): void {
    spawnSync('umount', [this.path]);
  }

  private get ballast(): string {
    return join(this.path, 'ballast');
  }
}

/** Why this machine gives us no small disk; `null` where it does. */
export function whyNoSmallDisk(): string | null {
  if (process.platform !== 'linux') return 'only Linux has tmpfs';
  if (process.getuid?.() !== 0) return 'mounting needs root';
  const path = mkdtempSync(join(tmpdir(), 'replog-disk-'));
  try {
    SmallDisk.mount(path, 1).unmount();
    return null;
  } catch (error) {
    return String(error);
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}
