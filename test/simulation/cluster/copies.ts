/**
 * Copies of data directories that are started beside their originals, each at an address of its own: two living processes
 * of one incarnation. The copy is refused everywhere, and nothing changes by it. It ends before anything happens to its
 * original: after that nobody could tell it from a node that moved.
 */
import type { VoteRequest } from '@replog/contracts/http.js';
import { BrokenRule } from '../../checkers/records/broken-rule.js';
import { SimulatedNode } from './simulated-node.js';
import type { NodeEvents, NodeSetting } from './simulated-node.js';

interface Copied {
  readonly copy: SimulatedNode;
  readonly original: SimulatedNode;
  /** Of the original, when the copy was made. */
  readonly incarnation: string;
}

interface Watched {
  readonly machines: readonly SimulatedNode[];
  readonly mastersInTerm: readonly SimulatedNode[];
  /** Runs a check and keeps the first broken rule. */
  guard(check: () => void): void;
  count(what: string): void;
  /** The process ends, and the other ends of its links find out. */
  cutOff(machine: SimulatedNode): void;
}

export class Copies {
  private current: Copied | null = null;

  constructor(
    private readonly cluster: Watched,
    private readonly settingOf: (original: SimulatedNode, events: NodeEvents) => NodeSetting,
  ) {}

  find(name: string): SimulatedNode | undefined {
    return this.current?.copy.name === name ? this.current.copy : undefined;
  }

  /** Copies the directory of `original`, which lives, and starts the copy with the same settings. */
  start(original: SimulatedNode, masterUrl: string): void {
    this.end();
    const { local, role, name } = original;
    if (local === null) return;
    const setting = this.settingOf(original, this.events());
    const copy = new SimulatedNode(`${name}-copy`, setting, name);
    setting.transport.directory.add(copy);
    copy.disk.files.restore(original.disk.files.copyDurable());
    copy.build = original.build;
    this.current = { copy, original, incarnation: local.incarnation };
    copy.start(role, masterUrl);
  }

  end(): void {
    const { current } = this;
    if (current === null) return;
    this.cluster.guard(() => this.check());
    this.current = null;
    if (current.copy.isUp) this.cluster.cutOff(current.copy);
  }

  /** No node takes the copy for the original, and that one is what it was. */
  check(): void {
    const { current } = this;
    if (current === null) return;
    const { copy, original, incarnation } = current;
    for (const { name, door } of this.cluster.mastersInTerm) {
      const known = door?.master?.term.registry.secondaries.find(original.name);
      if (known?.peer.url === copy.url) this.found(`${name} takes it for ${original.name}`);
      if (known?.incarnation === incarnation && known.revision !== null)
        this.found(`${name} no longer counts ${original.name}`);
    }
    for (const { name, local } of this.cluster.machines) {
      if (local?.addressOf(original.name) === copy.url) this.found(`${name} looks for ${original.name} there`);
    }
    const now = original.local?.incarnation ?? incarnation;
    if (now !== incarnation) this.found(`${original.name} is ${now} now, and was ${incarnation}`);
  }

  acknowledged(by: SimulatedNode): void {
    if (by === this.current?.copy) this.found('it acknowledges records');
  }

  voted(by: SimulatedNode, { epoch, candidate }: VoteRequest): void {
    if (by === this.current?.copy) this.found(`it votes for ${candidate} in epoch ${epoch}`);
  }

  private events(): NodeEvents {
    return {
      startedTerm: () => this.cluster.guard(() => this.found('it is master')),
      entersTerm: () => undefined,
      opened: () => this.cluster.count('copies that started'),
      counted: () => undefined,
      failed: () => this.end(),
    };
  }

  private found(what: string): never {
    const name = this.current?.original.name;
    throw new BrokenRule('copy', `a copy of the directory of ${name} was started beside it: ${what}`);
  }
}
