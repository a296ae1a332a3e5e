/**
 * Watches, as long as the node runs, whether its master is silent, and as master whether it can go on. What it sees it tells
 * the role machine, which decides. Only where failover is automatic: see `isAutomatic`.
 */
import type { Timer } from '@replog/contracts/ports.js';
import {
  countedSilenceMs,
  hasLostMaster,
  isAutomatic,
  patienceMs,
  whyNoMaster,
} from '@replog/core/election/failover.js';
import type { NodeParts } from '../node/node-parts.js';

/** Looks within one ELECTION_TIMEOUT. */
const LOOKS = 20;
/** After so much of an ELECTION_TIMEOUT without a look this process was itself stopped: it has heard nobody meanwhile. */
const OWN_PAUSE = 0.5;

type WatchPorts = Pick<NodeParts, 'node' | 'clock' | 'random' | 'config'>;

export class FailoverWatch {
  private timer: Timer | null = null;
  /** Drawn anew for every wait. */
  private chance = 0;
  private lookedMs = 0;

  constructor(private readonly ports: WatchPorts) {}

  start(): void {
    const { clock, config, random } = this.ports;
    if (config.failover === 'manual') return;
    this.chance = random.next();
    this.lookedMs = clock.nowMs();
    const look = (): void => {
      this.timer = clock.after(config.electionTimeoutMs / LOOKS, look);
      this.look();
    };
    look();
  }

  stop(): void {
    this.timer?.cancel();
  }

  private look(): void {
    const { node, clock, config } = this.ports;
    const nowMs = clock.nowMs();
    const wasStopped = nowMs - this.lookedMs > config.electionTimeoutMs * OWN_PAUSE;
    this.lookedMs = nowMs;
    if (wasStopped) {
      node.hearing.excuse();
      node.term?.excuseSilence();
    }
    const wallMs = clock.wallMs();
    if (!isAutomatic(config, node.membership, wallMs)) return;
    if (node.holdsTerm) this.lookAsMaster(wallMs);
    else if (node.mayRegister) this.lookAsSecondary(wallMs);
  }

  private lookAsMaster(wallMs: number): void {
    const { node, config } = this.ports;
    const { storage, term } = node;
    if (term === null) return;
    const silentMs = countedSilenceMs(node.membership, { silentMs: term.silentMs, wallMs });
    const why = whyNoMaster({ storage, silentMs }, config);
    if (why !== null) node.roles.give({ kind: 'masterUnfit', why, silentMs });
  }

  private lookAsSecondary(wallMs: number): void {
    const { node, config, random } = this.ports;
    const { silentMs, lastMaster } = node.hearing;
    const counted = countedSilenceMs(node.membership, { silentMs, wallMs });
    if (!hasLostMaster(node, config, { silentMs: counted, patienceMs: patienceMs(config, this.chance) })) return;
    this.chance = random.next();
    node.roles.give({ kind: 'masterLost', nodeId: lastMaster, silentMs });
  }
}
