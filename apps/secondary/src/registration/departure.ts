/**
 * Asks the master to take this node out of the membership before it stops: a replica that is scaled away would count for
 * ever otherwise, and a few of them are a majority. It tries within `SHUTDOWN_GRACE`; the node stops in any case.
 */
import { ERROR_KINDS } from '@replog/contracts/error-kinds.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import { PeerError } from '@replog/cluster/peers/transport.port.js';
import { originOf } from './origin-of.js';
import type { RegistrationPorts } from './registration-ports.js';

/** Changes of the membership are made one by one: several nodes that leave take turns. */
const AGAIN_MS = 100;

/**
 * Call it while the node still answers: until it is out, the others may need it for a majority. `places`: where a master may
 * be, for a node that has heard of none since it started.
 */
export async function depart(ports: RegistrationPorts, places: readonly string[]): Promise<void> {
  const { node, clock, config, logger } = ports;
  const untilMs = clock.nowMs() + config.shutdownGraceMs;
  let hint: string | null = null;
  let place = 0;
  for (;;) {
    const url: string | null = hint ?? node.master?.url ?? places[place] ?? null;
    const failure: PeerError | null = url === null ? noMaster() : await leaveAt(url, ports, untilMs - clock.nowMs());
    if (failure === null) return logger.info(`${node.nodeId} has left the membership`);
    hint = failure.location === null ? null : originOf(failure.location);
    const isUnheard = failure.code === null;
    if (isUnheard) place += 1;
    const goesOn = isUnheard ? node.master === null && place < places.length : mayPass(failure);
    if (!goesOn || clock.nowMs() + AGAIN_MS >= untilMs) return warn(ports, failure);
    if (!isUnheard) await clock.sleep(AGAIN_MS);
  }
}

async function leaveAt(
  url: string,
  { node, transport }: RegistrationPorts,
  timeoutMs: number,
): Promise<PeerError | null> {
  const { nodeId, incarnation } = node;
  const request = { clusterId: node.clusterId as string, nodeId, incarnation };
  try {
    await transport.leave(url, request, { timeoutMs: Math.max(1, Math.ceil(timeoutMs)) });
    return null;
  } catch (error) {
    if (error instanceof PeerError) return error;
    throw error;
  }
}

function mayPass({ code }: PeerError): boolean {
  const kind = Object.entries(ERROR_KINDS).find(([known]) => known === code)?.[1];
  return kind?.retriable === true;
}

function noMaster(): PeerError {
  return new PeerError('no master is known');
}

function warn(
  { node, logger }: { node: LocalNode; logger: RegistrationPorts['logger'] },
  { message }: PeerError,
): void {
  logger.warn(
    { reason: message },
    `${node.nodeId} stops and may still be a member: ${message}. If it does not come back, remove it with DELETE /secondaries/${node.nodeId}`,
  );
}
