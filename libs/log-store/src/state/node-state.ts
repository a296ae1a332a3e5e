/**
 * What a node must remember besides its log: its identity, its cluster, and its last vote. A forgotten vote could give one
 * epoch two masters. So the file is replaced as a whole, synced before `save` resolves, and checked strictly when it is
 * read: a damaged file stops the node and is never reset.
 */
import { join } from 'node:path';
import type { NodeStart } from '@replog/contracts/http.js';
import { Turns } from '@replog/contracts/turns.js';
import type { FileSystem } from '../file-system.port.js';
import type { LogDamage } from '../segment/recovery.js';
import { NodeFileSystem } from '../node-file-system.js';
import { DamagedFileError, readCheckedJson, writeCheckedJson } from '../shared/checked-json.js';

export interface NodeState {
  readonly nodeId: string;
  /** Drawn once per data directory: a wiped node that returns under its old node id has a new one. */
  readonly incarnation: string;
  /** `null` until the node has joined or founded a cluster. */
  readonly clusterId: string | null;
  /**
   * The vote in the highest epoch: for which candidate. The node refuses every lower epoch. The property has the name
   * of the field in node.json, which is part of the format.
   */
  readonly promised: { readonly epoch: number; readonly to: string } | null;
  /** The incarnation of this node that began to found the cluster: only that incarnation may finish it. */
  readonly founder?: string | null;
  /** Where the log is damaged, until it is repaired. Missing if there never was damage. */
  readonly damage?: LogDamage | null;
  /** How often a process was started on this directory. It only grows: a copy that is put back has fewer. */
  readonly starts?: number;
  /** The boot ids of the last of these starts, the newest last. */
  readonly boots?: readonly string[];
  /** The last start that this node has seen of each other node, by node id. */
  readonly seen?: Readonly<Record<string, NodeStart>>;
}

export interface NodeStateStore {
  readonly current: NodeState;
  /**
   * Changes some fields. Resolves once the change is durable; only then does `current` show it. Saves run one after the
   * other, so that two at once never undo each other.
   */
  save(changes: Partial<NodeState>): Promise<void>;
  /** Resolves when every save has ended. Later ones are refused: the directory may belong to another process by then. */
  close(): Promise<void>;
}

const FILE_NAME = 'node.json';

class FileNodeStateStore implements NodeStateStore {
  /** Two saves never write the file at once. */
  private readonly turns = new Turns();
  private isClosed = false;

  constructor(
    private readonly files: FileSystem,
    private readonly path: string,
    private state: NodeState,
  ) {}

  get current(): NodeState {
    return this.state;
  }

  save(changes: Partial<NodeState>): Promise<void> {
    if (this.isClosed) return Promise.reject(new Error(`${this.path} is closed`));
    return this.turns.run(async () => {
      const next = { ...this.state, ...changes };
      await writeCheckedJson(this.files, this.path, next);
      this.state = next;
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.turns.idle();
  }
}

/** Reads the state in `directory`; saves `initial()` first if there is none. Throws DamagedFileError. */
export async function openNodeState(
  directory: string,
  initial: () => NodeState,
  fileSystem: FileSystem = new NodeFileSystem(),
): Promise<NodeStateStore> {
  const path = join(directory, FILE_NAME);
  const found = await readCheckedJson(fileSystem, path);
  if (found !== null) return new FileNodeStateStore(fileSystem, path, validate(path, found));
  await fileSystem.makeDirectory(directory);
  const store = new FileNodeStateStore(fileSystem, path, initial());
  await store.save(store.current);
  return store;
}

function validate(path: string, value: object): NodeState {
  if (!isNodeState(value)) throw new DamagedFileError(path, 'it is not the state of a node');
  return value;
}

function isNodeState(value: object): value is NodeState {
  const { nodeId, incarnation, clusterId, promised, founder, damage, starts, boots, seen } = value as Record<
    keyof NodeState,
    unknown
  >;
  if (typeof nodeId !== 'string' || nodeId === '' || typeof incarnation !== 'string' || incarnation === '')
    return false;
  if ((founder ?? null) !== null && typeof founder !== 'string') return false;
  if ((damage ?? null) !== null && !isDamage(damage)) return false;
  if (starts !== undefined && !isCount(starts)) return false;
  if (boots !== undefined && !(Array.isArray(boots) && boots.every((boot) => typeof boot === 'string'))) return false;
  if (seen !== undefined && !(seen instanceof Object && Object.values(seen).every(isSeenStart))) return false;
  return (clusterId === null || typeof clusterId === 'string') && (promised === null || isVote(promised));
}

function isVote(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('epoch' in value) || !('to' in value)) return false;
  return Number.isSafeInteger(value.epoch) && Number(value.epoch) > 0 && typeof value.to === 'string';
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isSeenStart(value: unknown): boolean {
  const { incarnation, starts, bootId } = Object(value) as Record<keyof NodeStart, unknown>;
  return isCount(starts) && [incarnation, bootId].every((text) => typeof text === 'string');
}

function isDamage(value: unknown): boolean {
  const { segment, index, offset, fault } = Object(value) as Record<keyof LogDamage, unknown>;
  const isPlace = [index, offset].every((number) => Number.isSafeInteger(number));
  return isPlace && [segment, fault].every((text) => typeof text === 'string');
}
