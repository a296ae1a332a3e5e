/** Tells the incarnations of a node apart: `n3` is its first, `n3#2` what came back under its name on an empty disk. */
import type { Member } from '@replog/contracts/payloads.js';

export class Incarnations {
  private readonly known = new Map<string, string[]>();

  nameOf({ nodeId, incarnation }: Pick<Member, 'nodeId' | 'incarnation'>): string {
    const all = this.known.get(nodeId) ?? [];
    this.known.set(nodeId, all);
    if (!all.includes(incarnation)) all.push(incarnation);
    const number = all.indexOf(incarnation) + 1;
    return number === 1 ? nodeId : `${nodeId}#${number}`;
  }
}
