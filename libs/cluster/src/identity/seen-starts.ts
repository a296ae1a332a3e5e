/**
 * The last start that this node has seen of each other node. It is kept on disk: a node that comes back with an older
 * directory is known even when every process was restarted meanwhile.
 */
import type { NodeStart, NodeStatus } from '@replog/contracts/http.js';
import { compareStart } from '@replog/core/identity/identity.js';
import type { StartSeen } from '@replog/core/identity/identity.js';
import type { NodeStateStore } from '@replog/log-store/state/node-state.js';

/** More node ids than a cluster has. The one that was added first is forgotten first. */
const MAX_REMEMBERED = 256;

export class SeenStarts {
  private current: Readonly<Record<string, NodeStart>> | null = null;
  /** Ends with the save of what was noted last. Never rejects. */
  private saving: Promise<void> = Promise.resolve();
  /** The last save failed. It is repeated when one of these nodes is heard of again. */
  private hasFailed = false;

  constructor(private readonly state: NodeStateStore) {}

  of(nodeId: string): NodeStart | null {
    return Object.hasOwn(this.all, nodeId) ? (this.all[nodeId] as NodeStart) : null;
  }

  /** Notes what answers at the address of a node. `earlier`: that answer is of an older directory, and was not noted. */
  note(status: Pick<NodeStatus, 'nodeId' | keyof NodeStart>): StartSeen {
    const { nodeId, incarnation, starts, bootId } = status;
    const compared = compareStart(this.of(nodeId), status);
    if (this.hasFailed) this.save();
    if (compared === 'same' || compared === 'earlier' || starts === undefined || bootId === undefined) return compared;
    const kept = Object.entries(this.all).filter(([known]) => known !== nodeId);
    const entries = [...kept, [nodeId, { incarnation, starts, bootId }] as const].slice(-MAX_REMEMBERED);
    this.current = Object.fromEntries(entries);
    this.save();
    return compared;
  }

  /** Resolves when what was noted is on disk, or could not be saved: a full disk cuts nobody off. */
  settled(): Promise<void> {
    return this.saving;
  }

  private save(): void {
    this.hasFailed = false;
    this.saving = this.state.save({ seen: this.all }).catch(() => {
      this.hasFailed = true;
    });
  }

  private get all(): Readonly<Record<string, NodeStart>> {
    return this.current ?? this.state.current.seen ?? {};
  }
}
