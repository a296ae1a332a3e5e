/**
 * An operator pauses automatic failover for a while, and often the master ends meanwhile: then nobody may take over until the
 * pause is over, or an operator promotes a node.
 */
import type { SimulatedNode } from '../cluster/simulated-node.js';
import { between, later, restartLater } from './fault.js';
import type { Fault } from './fault.js';

/** More than a membership record takes. */
const RECORD_BYTES = 1_024;
const DIES_CHANCE = 0.7;
/** A wall clock that jumps may make it longer, by hours. */
const PAUSED_MS = { least: 2_000, most: 8_000 };

export const pausedFailover: Fault = {
  name: 'failover paused',
  weight: 2,
  strike: (scene) => {
    const { cluster, random } = scene;
    const [master] = cluster.mastersInTerm;
    if (master === undefined || master.process?.isFrozen !== false) return null;
    const forMs = between(random, PAUSED_MS.least, PAUSED_MS.most);
    if (!pause(master, forMs)) return null;
    if (random.next() < DIES_CHANCE) {
      later(scene, between(random, 50, 400), () => {
        if (!master.holdsTerm) return;
        cluster.end(master, 'kill');
        restartLater(scene, master);
      });
    }
    return `${master.name}, for ${Math.round(forMs)} ms`;
  },
};

/** The members stay, and the pause stands beside them in the log. Answers whether it was possible now. */
function pause({ local, door, wallMs }: SimulatedNode, forMs: number): boolean {
  const replication = door?.master?.term.replication;
  // With room the record is written at once, so no other change of the membership comes in between.
  if (local === null || replication?.memberships.mayChange !== true || !local.store.hasRoom(RECORD_BYTES)) return false;
  const paused = { ...local.membership, pausedUntilMs: Math.ceil(wallMs + forMs) };
  replication.writer.appendMembership(paused).catch(() => undefined);
  return true;
}
