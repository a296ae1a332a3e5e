/** One file in memory: its bytes, what a crash leaves of them, and the sectors that wait for a sync. */

const SECTOR_BYTES = 512;

/** Uniform in [0, 1). */
export type Chance = () => number;

export class FileNode {
  content = Buffer.alloc(0);
  size = 0;
  /** What a crash leaves. */
  durable = Buffer.alloc(0);
  readonly dirtySectors = new Set<number>();

  static holding(content: Buffer): FileNode {
    const node = new FileNode();
    node.write([content], 0, content.length);
    node.sync();
    return node;
  }

  write(buffers: readonly Buffer[], position: number, most: number): number {
    let at = position;
    const end = Math.min(position + buffers.reduce((sum, buffer) => sum + buffer.length, 0), most);
    this.grow(end);
    for (const buffer of buffers)
      at += buffer.copy(this.content, at, 0, Math.max(0, Math.min(buffer.length, end - at)));
    this.markDirty(position, end);
    return end - position;
  }

  resize(bytes: number): void {
    const from = Math.min(bytes, this.size);
    this.grow(bytes);
    this.content.fill(0, from, Math.max(bytes, this.size));
    this.markDirty(from, Math.max(bytes, this.size));
    this.size = bytes;
  }

  sync(): void {
    if (this.size !== this.durable.length) this.durable = resized(this.durable, this.size);
    for (const sector of this.dirtySectors) this.copySector(sector);
    this.dirtySectors.clear();
  }

  crash(chance: Chance): void {
    if (this.dirtySectors.size > 0 || this.size !== this.durable.length) {
      const isSizeKept = chance() < 0.5;
      if (isSizeKept && this.size !== this.durable.length) this.durable = resized(this.durable, this.size);
      for (const sector of this.dirtySectors) if (chance() < 0.5) this.copySector(sector);
    }
    this.dirtySectors.clear();
    this.content = Buffer.from(this.durable);
    this.size = this.durable.length;
  }

  private copySector(sector: number): void {
    const from = sector * SECTOR_BYTES;
    const to = Math.min(from + SECTOR_BYTES, this.size, this.durable.length);
    if (from < to) this.content.copy(this.durable, from, from, to);
  }

  private grow(size: number): void {
    if (size > this.content.length) this.content = resized(this.content, Math.max(size, this.content.length * 2));
    this.size = Math.max(this.size, size);
  }

  private markDirty(from: number, to: number): void {
    for (let sector = Math.floor(from / SECTOR_BYTES); sector * SECTOR_BYTES < to; sector++) {
      this.dirtySectors.add(sector);
    }
  }
}

/** A copy of another length, filled with zeros if it is longer. */
function resized(bytes: Buffer, length: number): Buffer<ArrayBuffer> {
  const copy = Buffer.alloc(length);
  bytes.copy(copy, 0, 0, Math.min(bytes.length, length));
  return copy;
}
