import { pino } from 'pino';
import { LocalNode } from '@replog/cluster/node/local-node.js';
import { FrameType } from '@replog/contracts/frames.js';
import type { HelloFrame } from '@replog/contracts/frames.js';
import { LOG_START } from '@replog/contracts/record.js';
import { MemoryLogStore } from '@replog/log-store/memory/memory-log-store.js';
import { openNodeState } from '@replog/log-store/state/node-state.js';
import { FaultyFileSystem } from '@replog/log-store/testing/faulty-file-system.js';
import { MemoryFileSystem } from '@replog/log-store/testing/memory-file-system.js';
import { testConfig } from '@replog/runtime/testing/test-config.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LinkEvents, SecondaryLink } from '../replication/secondary-link.js';
import { Secondaries } from './secondaries.js';

const INITIAL = { nodeId: 'm1', incarnation: 'first', clusterId: 'c', promised: null };
const PEER = { nodeId: 's1', incarnation: 'i', url: 'http://s1:8000' };

function helloOf(starts: number, bootId: string): HelloFrame {
  const { nodeId, incarnation } = PEER;
  return { type: FrameType.Hello, clusterId: 'c', nodeId, incarnation, starts, bootId, votedEpoch: 0, last: LOG_START };
}

describe('the secondaries of a master', () => {
  let files: FaultyFileSystem;
  let node: LocalNode;
  let opening: LinkEvents['opening'];

  beforeEach(async () => {
    files = new FaultyFileSystem(new MemoryFileSystem());
    const state = await openNodeState('/m1', () => INITIAL, files);
    node = new LocalNode(state, new MemoryLogStore(), null, 'boot-of-m1');
    const ports = { node, clock: new VirtualClock(), config: testConfig(), logger: pino({ level: 'silent' }) };
    const metrics = { revisions: { inc: () => undefined } } as never;
    const link = { reopen: () => undefined, resume: () => undefined } as unknown as SecondaryLink;
    const open = (_peer: unknown, events: Pick<LinkEvents, 'opening'>): SecondaryLink => {
      opening = events.opening;
      return link;
    };
    const ledger = { acknowledgedBy: () => 0, forget: () => undefined };
    const secondaries = new Secondaries({ ...ports, metrics }, { open, close: () => Promise.resolve() }, ledger);
    await secondaries.know(PEER);
  });

  it('are sent nothing before the start that they tell is on disk', async () => {
    let release = (): void => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    files.plan = ({ kind }) => (kind === 'rename' ? { kind: 'hang', until } : null);
    const judged: (string | null)[] = [];
    const judging = opening()(helloOf(2, 'boot-2')).then((why) => judged.push(why));
    await new Promise((resolve) => setImmediate(resolve));
    expect(judged).toEqual([]);
    release();
    await judging;
    expect(judged).toEqual([null]);
    expect((await openNodeState('/m1', () => INITIAL, files)).current.seen?.['s1']).toMatchObject({ starts: 2 });
  });

  it('are refused under an older copy of their directory', async () => {
    await opening()(helloOf(2, 'boot-2'));
    expect(await opening()(helloOf(2, 'boot-3'))).toMatch(/^s1 came back with an older copy .*: start 2 was seen/);
  });

  it('are served where the start cannot be saved', async () => {
    files.plan = ({ kind }) => (kind === 'write' ? { kind: 'error', code: 'ENOSPC' } : null);
    expect(await opening()(helloOf(2, 'boot-2'))).toBeNull();
    expect(node.seen.of('s1')).toMatchObject({ starts: 2 });
  });
});
