import { describe, expect, it } from 'vitest';
import { BadOption, readOptions } from './options.js';

const read = (...words: string[]): ReturnType<typeof readOptions> => readOptions(words, 2);

describe('the options of npm run simulate', () => {
  it('runs one seed of five nodes on all cores where nothing is said', () => {
    const { setting, ...rest } = read();
    expect(setting).toEqual({ nodes: 5, steps: 20_000, without: [], only: null, plant: null, isFaultsOnly: false });
    expect(rest).toMatchObject({ firstSeed: 1, seeds: 1, jobs: 2, mode: 'run', record: false, keepGoing: false });
  });

  it('takes names of faults and numbers of strikes as lists', () => {
    expect(read('--without', 'partition, link cut').setting.without).toEqual(['partition', 'link cut']);
    expect(read('--only', '3,17,20').setting.only).toEqual([3, 17, 20]);
    expect(read('--only', 'none').setting.only).toEqual([]);
  });

  it.each([
    [['--seed', 'seven'], '--seed takes a whole number'],
    [['--seed', '-1'], '--seed'],
    [['--seeds', '0'], '--seeds takes a whole number from 1'],
    [['--nodes', '2.5'], '--nodes takes a whole number'],
    [['--nodes', '26'], 'to 25, not "26"'],
    [['--steps', ''], '--steps takes a whole number'],
    [['--jobs', '0'], '--jobs takes a whole number from 1'],
    [['--only', '3,x'], '--only takes a whole number'],
    [['--without', 'earthquake'], 'There is no fault "earthquake". There are:'],
    [['--plant', 'ivy'], 'There is no bug "ivy". There are:'],
    [['--sedes', '7'], '--sedes'],
    [['seven'], 'seven'],
    [['--shorten', '--seeds', '2'], '--shorten shortens one run'],
    [['--only', '3', '--seeds', '2'], '--only names strikes'],
    [['--trace', '--seeds', '2'], '--trace shows one run'],
    [['--record', '--plant', 'serve a gap'], '--record records runs under every fault'],
  ])('refuses %j with a sentence', (words, sentence) => {
    expect(() => read(...words)).toThrow(BadOption);
    expect(() => read(...words)).toThrow(sentence);
  });
});
