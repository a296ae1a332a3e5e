import { ReplogError } from '@replog/contracts/errors.js';
import { RecordKind, eachRecord } from '@replog/contracts/record.js';
import type { Membership } from '@replog/contracts/payloads.js';
import { NO_MEMBERS } from '@replog/core/membership/membership.js';
import { MemoryLogStore } from '@replog/log-store/memory/memory-log-store.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import { transferringTerm } from '@replog/cluster/node/transferring-term.js';
import { testConfig } from '@replog/runtime/testing/test-config.js';
import { VirtualClock } from '@replog/runtime/testing/virtual-clock.js';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { LagMeter } from './lag.js';
import { LogWriter } from './log-writer.js';
import type { Appended } from './log-writer.js';

const CLOSED = new ReplogError('SHUTTING_DOWN', 'over');
const MAY = (): void => undefined;

describe('the log writer', () => {
  let store: MemoryLogStore;
  let clock: VirtualClock;
  let writer: LogWriter;
  let node: {
    store: MemoryLogStore;
    term: object | null;
    epoch: number;
    master: null;
    change: { over: Promise<void> | null };
    transferringTo: string | null;
    membershipWritten: (membership: Membership, index: number) => void;
    times: { at: (wallMs: number) => number };
  };
  /** Records per block, as the store received them. */
  let blocks: number[];

  function write(capacityBytes = Infinity, environment: NodeJS.ProcessEnv = {}): void {
    store = new MemoryLogStore({ capacityBytes });
    const append = store.append.bind(store);
    blocks = [];
    vi.spyOn(store, 'append').mockImplementation((block) => {
      blocks.push([...eachRecord(block)].length);
      append(block);
    });
    clock = new VirtualClock();
    node = {
      store,
      term: {},
      epoch: 3,
      master: null,
      change: { over: null },
      transferringTo: null,
      membershipWritten: vi.fn(),
      times: { at: (wallMs) => wallMs },
    };
    const ports = { node: node as unknown as LocalNode, clock, config: testConfig(environment) };
    const ledger = { hasAppended: () => undefined, membersChanged: () => undefined };
    writer = new LogWriter(ports, ledger, new LagMeter(store, clock), { wake: () => undefined });
  }

  function append(...texts: string[]): Promise<Appended> {
    return writer.appendMessages(
      texts.map((text) => ({ key: null, payload: Buffer.from(JSON.stringify(text)) })),
      MAY,
    );
  }

  function stored(): string[] {
    const bytes = store.readRecent(1, { maxBytes: Infinity }) as Buffer;
    return [...eachRecord(bytes)].map(({ kind, payload }) =>
      kind === RecordKind.Message ? (JSON.parse(payload.toString()) as string) : RecordKind[kind],
    );
  }

  beforeEach(() => write());

  it('writes the messages of one turn as one block at its end, in order, and gives each its position', async () => {
    const placed = [append('a'), append('b', 'c'), append('d')];
    expect(blocks).toEqual([]);
    clock.advance(0);
    expect(blocks).toEqual([4]);
    expect((await Promise.all(placed)).map(({ first }) => [first.index, first.seq, first.epoch])).toEqual([
      [1, 1, 3],
      [2, 2, 3],
      [4, 4, 3],
    ]);
    const next = append('e');
    clock.advance(0);
    expect((await next).first.index).toBe(5);
    expect(blocks).toEqual([4, 1]);
    expect(stored()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  const ends = {
    'its end': (): ReplogError => {
      writer.close(CLOSED);
      return CLOSED;
    },
    'a transfer': (): ReplogError => {
      node.transferringTo = 'n2';
      writer.flush();
      return transferringTerm('n2');
    },
  };

  it.each(Object.entries(ends))('writes the gathered messages before %s, and refuses later ones', async (_, end) => {
    const gathered = append('a');
    const because = end();
    expect(stored()).toEqual(['a']);
    expect((await gathered).first.index).toBe(1);
    const late = writer.appendMessages([{ key: null, payload: Buffer.from('1') }], () => {
      if (writer.closed !== null) throw writer.closed;
    });
    await expect(late).rejects.toEqual(because);
    await expect(writer.appendMembership(NO_MEMBERS)).rejects.toEqual(because);
    clock.advance(0);
    expect(blocks).toEqual([1]);
  });

  it('writes a membership after the messages gathered before it', async () => {
    const gathered = append('a');
    const index = await writer.appendMembership(NO_MEMBERS);
    expect(index).toBe(2);
    expect(node.membershipWritten).toHaveBeenCalledWith(NO_MEMBERS, 2);
    expect((await gathered).first.index).toBe(1);
    expect(stored()).toEqual(['a', 'Membership']);
  });

  it('gathers at most one frame of messages', async () => {
    const large = 'x'.repeat(600_000);
    const placed = [append(large), append(large), append('c')];
    expect(blocks).toEqual([2]);
    clock.advance(0);
    expect(blocks).toEqual([2, 1]);
    expect((await Promise.all(placed)).map(({ first }) => first.index)).toEqual([1, 2, 3]);
  });

  it('counts gathered messages as in flight', async () => {
    write(Infinity, { MAX_INFLIGHT_BYTES: '2MiB', MAX_MESSAGE_BYTES: '1MiB' });
    const first = append('x'.repeat(900_000));
    await expect(append('y'.repeat(1_048_000), 'z'.repeat(900_000))).rejects.toMatchObject({ code: 'OVERLOADED' });
    clock.advance(0);
    await first;

    write(1000);
    const fits = append('x'.repeat(500));
    await expect(append('y'.repeat(500))).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    clock.advance(0);
    expect((await fits).first.index).toBe(1);
    expect(blocks).toEqual([1]);
  });

  it('holds writes during a change of master, and appends them if this master stays', async () => {
    let decide: () => void = () => undefined;
    node.change.over = new Promise<void>((resolve) => (decide = resolve));
    node.transferringTo = 'n2';
    const held = append('a');
    clock.advance(0);
    expect(blocks).toEqual([]);
    node.change.over = null;
    node.transferringTo = null;
    decide();
    await vi.waitFor(() => expect(clock.pending).toBe(1));
    clock.advance(0);
    expect((await held).first.index).toBe(1);
  });

  it('rejects every message of a turn whose term ended before it was written', async () => {
    const gathered = [append('a'), append('b')];
    node.term = null;
    clock.advance(0);
    const refusal = expect.objectContaining({ code: 'NO_MASTER' }) as unknown;
    const refused = { status: 'rejected', reason: refusal };
    expect(await Promise.allSettled(gathered)).toEqual([refused, refused]);
    expect(blocks).toEqual([]);
  });
});
