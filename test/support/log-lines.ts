/** What a node's JSON log says of one secondary, in order. */
interface StateLine {
  readonly secondary?: string;
  readonly state?: string;
  readonly reason?: string;
}

/** The states that `master` has seen `nodeId` in, each as `STATE: reason`, since its log had `fromBytes` characters. */
export function statesOf(nodeId: string, master: { readonly output: string }, fromBytes = 0): string[] {
  return master.output
    .slice(fromBytes)
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as StateLine)
    .filter(({ secondary, state, reason }) => secondary === nodeId && state !== undefined && reason !== undefined)
    .map(({ state, reason }) => `${state}: ${reason}`);
}
