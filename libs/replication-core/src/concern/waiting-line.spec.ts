import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WaitingLine } from './waiting-line.js';

interface Write {
  readonly index: number;
  /** The order in which they came. */
  readonly arrival: number;
}

function arrivalsUpTo(line: WaitingLine<Write>, index: number): number[] {
  const taken: Write[] = [];
  line.takeUpTo(index, taken);
  return taken.map((write) => write.arrival);
}

describe('WaitingLine', () => {
  it('keeps writes in log order, and those of one index in the order they came', () => {
    const line = new WaitingLine<Write>();
    [5, 7, 5, 2, 7].forEach((index, arrival) => line.add({ index, arrival }));
    expect(line.inOrder().map((write) => write.arrival)).toEqual([3, 0, 2, 1, 4]);
    expect(arrivalsUpTo(line, 6)).toEqual([3, 0, 2]);
    expect([line.size, ...arrivalsUpTo(line, 6)]).toEqual([2]);
    expect(arrivalsUpTo(line, Number.POSITIVE_INFINITY)).toEqual([1, 4]);
  });

  it('removes a write once, and adds it again at the right position', () => {
    const line = new WaitingLine<Write>();
    const writes = [1, 2, 3].map((index) => ({ index, arrival: index }));
    for (const write of writes) line.add(write);
    const second = writes[1] as Write;
    expect([line.remove(second), line.remove(second)]).toEqual([true, false]);
    line.add(second);
    expect(arrivalsUpTo(line, 3)).toEqual([1, 2, 3]);
  });

  const step = fc.record({
    kind: fc.constantFrom('add' as const, 'add' as const, 'add' as const, 'remove' as const, 'take' as const),
    value: fc.nat({ max: 40 }),
  });

  it('agrees with a plain sorted list', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const line = new WaitingLine<Write>();
        let list: Write[] = [];
        steps.forEach(({ kind, value }, arrival) => {
          if (kind === 'add') {
            const write = { index: value, arrival };
            line.add(write);
            list = [...list, write].sort((left, right) => left.index - right.index || left.arrival - right.arrival);
          } else if (kind === 'remove') {
            const chosen = list[value % Math.max(1, list.length)];
            if (chosen === undefined) return;
            expect(line.remove(chosen)).toBe(true);
            list = list.filter((write) => write !== chosen);
          } else {
            const due = list.filter((write) => write.index <= value);
            expect(arrivalsUpTo(line, value)).toEqual(due.map((write) => write.arrival));
            list = list.filter((write) => write.index > value);
          }
          expect(line.size).toBe(list.length);
          expect(line.inOrder()).toEqual(list);
        });
      }),
    );
  });
});
