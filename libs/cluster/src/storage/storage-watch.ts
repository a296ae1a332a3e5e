/**
 * Looks at the disk every moment and tells the node what it finds: does it answer, is there room? The data path does nothing
 * for that but note when an operation begins.
 *
 * A small write may block the thread of the process (see `WritePace`). A disk that hangs in such a write stops the whole
 * process; then the other nodes find it, as they find every process that stands still.
 */
import type { Logger } from 'pino';
import { encodedLength } from '@replog/contracts/encode-records.js';
import { MAX_KEY_LENGTH } from '@replog/contracts/limits.js';
import type { Clock, Timer } from '@replog/contracts/ports.js';
import { StallDetector } from '@replog/core/storage/stall-detector.js';
import { storageFault } from '@replog/core/storage/storage-state.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';
import type { LocalNode } from '../node/local-node.js';

/** Looks during the longest time that an operation may take. */
const LOOKS = 4;
const MOST_MS_BETWEEN_LOOKS = 1_000;
/** A full disk is tried again this often: with no write that asks for room, nothing else finds out that there is some. */
const TRY_AGAIN_MS = 5_000;

interface WatchPorts {
  readonly node: LocalNode;
  readonly clock: Clock;
  readonly config: Pick<NodeConfig, 'diskStallMs' | 'maxMessageBytes' | 'segmentBytes'>;
  readonly logger: Logger;
}

export class StorageWatch {
  private readonly detector: StallDetector;
  private readonly largestBytes: number;
  private next: Timer | null = null;
  private triedMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly ports: WatchPorts,
    /** The file system of the log and of the state of the node. */
    private readonly files: { readonly busySinceMs: number | null },
  ) {
    this.detector = new StallDetector(ports.config.diskStallMs);
    this.largestBytes = encodedLength(MAX_KEY_LENGTH, ports.config.maxMessageBytes);
  }

  start(): void {
    const { clock, config } = this.ports;
    this.look();
    this.next = clock.after(Math.min(config.diskStallMs / LOOKS, MOST_MS_BETWEEN_LOOKS), () => this.start());
  }

  stop(): void {
    this.next?.cancel();
  }

  private look(): void {
    const { node, clock, logger } = this.ports;
    const { store } = node;
    const before = node.storage;
    const isStalled = this.detector.look(clock.nowMs(), this.files.busySinceMs);
    const isFull = store.isFull && !store.hasRoom(this.largestBytes);
    node.disk = { isStalled, isFull };
    if (isFull && !isStalled) this.tryAgain();
    const { storage } = node;
    if (storage === before) return;
    const fault = storageFault(storage);
    if (fault === null) logger.info({ storage }, 'the disk of this node takes records again');
    else logger.warn({ storage }, `this node stores nothing: ${fault}`);
  }

  private tryAgain(): void {
    const { node, clock, config } = this.ports;
    if (clock.nowMs() - this.triedMs < TRY_AGAIN_MS) return;
    this.triedMs = clock.nowMs();
    // Still full, or the log has failed or is closed: who appends is told.
    node.store.makeRoom(config.segmentBytes).catch(() => undefined);
  }
}
