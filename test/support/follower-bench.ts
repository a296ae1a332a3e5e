/**
 * A real secondary's end of the link over a log in memory, and a checker that looks on at every answer: what is
 * acknowledged has to be durable there and the same as in the history the master sends.
 */
import { FrameType } from '@replog/contracts/frames.js';
import { LOG_START, recordPosition } from '@replog/contracts/record.js';
import type { AckFrame, Frame } from '@replog/contracts/frames.js';
import type { LogPosition } from '@replog/contracts/record.js';
import { MemoryLogStore } from '@replog/log-store/memory/memory-log-store.js';
import type { NodeState, NodeStateStore } from '@replog/log-store/state/node-state.js';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { VoteBook } from '@replog/cluster/votes/vote-book.js';
import { createLogger } from '@replog/runtime/logging/logger.js';
import { createMetrics } from '@replog/runtime/metrics/node-metrics.js';
import { SeededRandom } from '@replog/runtime/testing/seeded-random.js';
import { testConfig } from '@replog/runtime/testing/test-config.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { Follower } from '@replog/secondary/messages/follower.js';
import { FakeLink } from './fake-link.js';

export const MASTER = 'master';

class StateInMemory implements NodeStateStore {
  current: NodeState = { nodeId: 's1', incarnation: 'first', clusterId: 'a-cluster', promised: null };

  async save(changes: Partial<NodeState>): Promise<void> {
    await Promise.resolve();
    this.current = { ...this.current, ...changes };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A log whose disk takes a while, and has no room for as long as a test says so. */
class SlowLog extends MemoryLogStore {
  private room: Promise<void> | null = null;
  private open: () => void = () => undefined;

  constructor() {
    super({ sync: () => new Promise((resolve) => setImmediate(resolve)) });
  }

  closeRoom(): void {
    this.room = new Promise((resolve) => (this.open = resolve));
  }

  openRoom(): void {
    this.room = null;
    this.open();
  }

  override hasRoom(bytes: number): boolean {
    return this.room === null && super.hasRoom(bytes);
  }

  override makeRoom(bytes: number): Promise<void> {
    return this.room ?? super.makeRoom(bytes);
  }
}

/** Turns of the event loop after which what has not happened never will. */
const MAX_TURNS = 10_000;

async function soon<Result>(what: string, probe: () => Result | undefined): Promise<Result> {
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const result = probe();
    if (result !== undefined) return result;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`${what} never came`);
}

export class FollowerBench {
  readonly store = new SlowLog();
  readonly node = new LocalNode(new StateInMemory(), this.store, null, 'boot-1');
  readonly votes = new VoteBook(this.node, { wallMs: () => 0 });
  readonly faults: string[] = [];
  link: FakeLink;
  private readonly follower: Follower;

  /** `chainAt`: the chain of the history the master sends, at an index. */
  constructor(private readonly chainAt: (index: number) => number | undefined) {
    const config = testConfig({ SERVER_TYPE: 'secondary' });
    const [clock, random, logger] = [new VirtualClock(), new SeededRandom(1), createLogger(config)];
    const damage = { report: ({ message }: Error) => void this.faults.push(message) };
    const transport = { records: (): Promise<Buffer> => Promise.reject(new Error('nobody is asked')) };
    const { node, votes } = this;
    const metrics = createMetrics();
    this.follower = new Follower({ node, votes, transport, clock, random, config, logger, damage, metrics });
    this.link = this.connect();
  }

  /** As a master does after a link was lost, or given up because a frame was refused. */
  connect(): FakeLink {
    this.link = new FakeLink((frame) => this.check(frame));
    this.follower.follow(this.link, MASTER);
    return this.link;
  }

  /** What the secondary says in the end to everything up to `round`: an acknowledgement of all it stored, or a refusal. */
  answerTo(round: number): Promise<Frame> {
    const { link, store } = this;
    return soon(`an answer to frame ${round}`, () => {
      const last = link.sent.at(-1);
      const refusal = link.sent.find(({ type }) => type === FrameType.Reject);
      if (refusal !== undefined) return refusal;
      const isFinal = store.durable.index === store.last.index;
      return last?.type === FrameType.Ack && last.round >= round && isFinal ? last : undefined;
    });
  }

  async hello(): Promise<void> {
    const { link } = this;
    await soon('a hello', () => link.sent[0]);
  }

  /** The records of the log, checked: each follows the one before, from the first on. */
  positions(): LogPosition[] {
    const found: LogPosition[] = [];
    while (found.length < this.store.last.index) {
      const record = this.store.readRecent(found.length + 1, { maxBytes: 1 });
      const position = recordPosition(record as Buffer, 0);
      const previous = found.at(-1) ?? LOG_START;
      if (position.index !== previous.index + 1 || position.seq > previous.seq + 1) {
        this.faults.push(`record ${position.index} (seq ${position.seq}) stands after ${previous.index}`);
      }
      found.push(position);
    }
    return found;
  }

  end(): Promise<void> {
    return this.follower.hangUp('the test is over');
  }

  private check(frame: Frame): void {
    if (frame.type === FrameType.Ack) this.checkAck(frame);
  }

  private checkAck({ index }: AckFrame): void {
    if (index > this.store.durable.index) this.faults.push(`${index} was acknowledged and is not durable`);
    if (index === 0) return;
    const held = this.store.readRecent(index, { maxBytes: 1 });
    if (held === null || recordPosition(held, 0).chain !== this.chainAt(index)) {
      this.faults.push(`${index} was acknowledged and is not the master's record`);
    }
  }
}
