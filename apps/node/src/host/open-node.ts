/** Opens what a node has as long as it lives: data directory, state and log. */
import { dirname, basename } from 'node:path';
import { DataDirectoryError, claimDataDirectory, openDataDirectory } from '@replog/log-store/data-directory.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import type { FileSystem } from '@replog/log-store/file-system.port.js';
import { NodeFileSystem } from '@replog/log-store/node-file-system.js';
import { openSegmentLog } from '@replog/log-store/segment/open-segment-log.js';
import { openNodeState } from '@replog/log-store/state/node-state.js';
import { WatchedFileSystem } from '@replog/log-store/watched-file-system.js';
import type { DataDirectory } from '@replog/log-store/data-directory.js';
import type { LogDamage } from '@replog/log-store/segment/open-segment-log.js';
import { countStart } from '@replog/cluster/identity/count-start.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { equipNode } from '@replog/cluster/node/node-context.js';
import { DamageRelay } from '@replog/cluster/repair/damage-relay.js';
import { StorageWatch } from '@replog/cluster/storage/storage-watch.js';
import { VoteBook } from '@replog/cluster/votes/vote-book.js';
import { needsNumber } from '@replog/runtime/config/node-config.js';
import type { NodeContext, NodeEquipment } from '@replog/cluster/node/node-context.js';
import type { NodeConfig } from '@replog/runtime/config/node-config.js';

export interface OpenedNode {
  readonly context: NodeContext;
  readonly directory: DataDirectory;
  /** Damage found on opening. */
  readonly damage: LogDamage | null;
  readonly damageRelay: DamageRelay;
  readonly node: LocalNode;
  readonly votes: VoteBook;
  readonly storageWatch: StorageWatch;
}

/** `disk`: the file system of the data directory; that of the machine if not given. */
export async function openNode(
  configured: NodeConfig,
  given: Partial<NodeEquipment> = {},
  disk: FileSystem = new NodeFileSystem(),
): Promise<OpenedNode> {
  const { config, directory } = claim(configured);
  try {
    const equipment = equipNode(config, given);
    const { clock, random, logger } = equipment;
    const fileSystem = new WatchedFileSystem(disk, clock);
    const initial = { nodeId: config.nodeId, incarnation: random.uuid(), clusterId: null, promised: null };
    const state = await openNodeState(config.dataDir, () => initial, fileSystem);
    requireOwnDirectory(config, state.current.nodeId);
    const bootId = random.uuid();
    const counted = await countStart(state, bootId);
    const { store, damage: found } = await openSegmentLog({
      directory: config.dataDir,
      segmentBytes: config.segmentBytes,
      fileSystem,
      clock,
    });
    const node = new LocalNode(state, store, config.advertisedUrl, bootId, counted, {
      clock,
      electionTimeoutMs: config.electionTimeoutMs,
      priority: config.priority,
    });
    const damage = await knownDamage(node, found);
    const context = { ...equipment, view: node, log: store };
    const storageWatch = new StorageWatch({ node, clock, config, logger }, fileSystem);
    return {
      context,
      directory,
      damage,
      damageRelay: new DamageRelay(),
      node,
      votes: new VoteBook(node, clock),
      storageWatch,
    };
  } catch (error) {
    directory.release();
    throw error;
  }
}

/**
 * The damage known when a node starts: found on opening, remembered from an earlier run, or found now. Opening a log does
 * not read sealed segments, so reading the membership record may be the first to find damage.
 */
export async function knownDamage(node: LocalNode, found: LogDamage | null): Promise<LogDamage | null> {
  if (found !== null) return found;
  const remembered = await damageMet(() => verifyRemembered(node));
  return (await damageMet(() => node.loadFromLog())) ?? remembered;
}

/** Forgets the remembered damage if an operator has replaced the segment with an intact copy. */
async function verifyRemembered({ state, store }: LocalNode): Promise<void> {
  const { damage } = state.current;
  if (damage === null || damage === undefined) return;
  await store.verify(damage.index, { maxBytes: 1 });
  await state.save({ damage: null });
}

async function damageMet(step: () => Promise<void>): Promise<LogDamage | null> {
  try {
    await step();
    return null;
  } catch (error) {
    if (error instanceof CorruptRecordError) return error;
    throw error;
  }
}

/** A node known by one id and keeping the log of another would be refused by its cluster, and never say why. */
function requireOwnDirectory({ nodeId, dataDir }: NodeConfig, owner: string): void {
  if (owner === nodeId) return;
  throw new DataDirectoryError(
    'OTHER_NODE',
    `The data directory ${dataDir} is that of node ${owner}, and this node is ${nodeId}: ` +
      `start it with NODE_ID=${owner}, or give it a directory of its own (DATA_DIR).`,
  );
}

function claim(config: NodeConfig): { config: NodeConfig; directory: DataDirectory } {
  if (!needsNumber(config)) return { config, directory: openDataDirectory(config.dataDir) };
  const { nodeId, directory } = claimDataDirectory(dirname(config.dataDir), basename(config.dataDir));
  return { config: { ...config, nodeId, dataDir: directory.path }, directory };
}
