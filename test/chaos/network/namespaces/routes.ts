/** What our router is told: pure text for `ip -batch`. */
import type { Break, Partitions } from '../partitions.js';

const PRIORITY = 100;
/** What is sent into a black hole is never heard of again; of the other the sender is told by the next router: us. */
const ACTIONS: Record<Break, string> = { silent: 'blackhole', refused: 'unreachable' };

/** The address of a node, and of the router on the way to it. */
export function addressOf(number: number): string {
  return `10.77.${number}.2`;
}
export function routerOf(number: number): string {
  return `10.77.${number}.1`;
}

/** One rule for each direction that is cut. */
export function rulesFor(breaks: ReturnType<Partitions['all']>, address: (nodeId: string) => string): Set<string> {
  const rules = breaks.map(
    ({ from, to, how }) => `from ${address(from)} to ${address(to)} ${ACTIONS[how]} priority ${PRIORITY}`,
  );
  return new Set(rules);
}

/** Both directions of one connection, before all other rules. */
export function rulesForConnection(caller: string, callerPort: number, target: string, port: number): string[] {
  return [
    `from ${caller} to ${target} ipproto tcp sport ${callerPort} dport ${port} blackhole priority ${PRIORITY - 1}`,
    `from ${target} to ${caller} ipproto tcp sport ${port} dport ${callerPort} blackhole priority ${PRIORITY - 1}`,
  ];
}

/** Of the connections to `here` in what `ss` lists there, the ports of one caller. */
export function callerPortsIn(listed: string, here: string, caller: string): number[] {
  const connections = listed.split('\n').map((line) => line.trim().split(/\s+/));
  const peers = connections.filter((words) => words[2] === here).map((words) => (words[3] ?? '').split(':'));
  return peers.filter(([address]) => address === caller).map(([, port]) => Number(port));
}

/** What leads from the rules in force to those wanted. */
export function changesOf(inForce: ReadonlySet<string>, wanted: ReadonlySet<string>): string[] {
  return [
    ...[...inForce].filter((rule) => !wanted.has(rule)).map((rule) => `rule del ${rule}`),
    ...[...wanted].filter((rule) => !inForce.has(rule)).map((rule) => `rule add ${rule}`),
  ];
}
