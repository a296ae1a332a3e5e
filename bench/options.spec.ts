import { describe, expect, it } from 'vitest';
import { BadOption, isNamed, lengthToOpen, parseOptions } from './options.js';

const CASES = ['one-by-one/wc1/64', 'one-by-one/wc1/256', 'batches/100', 'read'];

describe('options of the benchmark', () => {
  it('have defaults', () => {
    expect(parseOptions([], CASES)).toMatchObject({ only: [], seconds: 5, rounds: 3, peers: false, record: false });
  });

  it('are taken as given', () => {
    const options = parseOptions(['--only', 'read,one-by-one', '--seconds', '15', '--rounds', '2', '--full'], CASES);
    expect(options).toMatchObject({ only: ['read', 'one-by-one'], seconds: 15, rounds: 2 });
    expect(lengthToOpen(options)).toBe(10_000_000);
  });

  it.each([
    [['--only', 'reed'], 'There is no case "reed"'],
    [['--only', 'one-by-one/wc'], 'There is no case "one-by-one/wc"'],
    [['--seconds', 'soon'], '--seconds is a whole number from 1 to 3600, not "soon"'],
    [['--rounds', '0'], '--rounds is a whole number from 1 to 100, not "0"'],
    [['--rounds', '1.5'], '--rounds is a whole number from 1 to 100, not "1.5"'],
    [['--round', '3'], "Unknown option '--round'"],
  ])('%j are refused with a sentence', (args, sentence) => {
    const refused = (): unknown => parseOptions(args, CASES);
    expect(refused).toThrow(BadOption);
    expect(refused).toThrow(sentence);
  });
});

describe('a case', () => {
  it('is named by its id, and by any whole part of its beginning', () => {
    expect(isNamed('one-by-one/wc1/64', ['one-by-one/wc1'])).toBe(true);
    expect(isNamed('one-by-one/wc1/64', ['one-by-one/wc1/6'])).toBe(false);
    expect(isNamed('read', ['batches', 'read'])).toBe(true);
    expect(isNamed('read', [])).toBe(true);
  });
});
