/** The options of `npm run simulate`. A senseless option is refused with a sentence. */
import { parseArgs } from 'node:util';
import { FAULTS } from './faults/misfortune.js';
import { PLANTS } from './plants/index.js';
import type { Setting } from './runs/task.js';

export interface Options {
  readonly setting: Setting;
  readonly firstSeed: number;
  readonly seeds: number;
  readonly jobs: number;
  /** Shows every line of the trace. */
  readonly trace: boolean;
  readonly counts: boolean;
  /** Does not end with the first broken rule. */
  readonly keepGoing: boolean;
  /** What to do: run the seeds, shorten what breaks in one of them, or look whether each planted bug is found. */
  readonly mode: 'run' | 'shorten' | 'plants';
  readonly record: boolean;
}

export class BadOption extends Error {
  override readonly name = 'BadOption';
}

const MAX = { seed: 2 ** 32 - 1, nodes: 25, jobs: 256, count: 1_000_000_000 };

/** Throws BadOption. */
export function readOptions(words: readonly string[], cores: number): Options {
  const { values } = parsed(words);
  const seeds = wholeNumber('seeds', values.seeds ?? '1', 1, MAX.count);
  const mode = values.plants ? 'plants' : values.shorten ? 'shorten' : 'run';
  const options: Options = {
    setting: {
      nodes: wholeNumber('nodes', values.nodes, 1, MAX.nodes),
      steps: wholeNumber('steps', values.steps, 1, MAX.count),
      without: namesIn(values.without).map((name) => known('fault', name, FAULTS)),
      only: values.only === undefined ? null : numbersIn(values.only),
      plant: values.plant === undefined ? null : known('bug', values.plant, PLANTS),
      isFaultsOnly: values['faults-only'],
    },
    firstSeed: wholeNumber('seed', values.seed, 0, MAX.seed),
    jobs: wholeNumber('jobs', values.jobs ?? String(cores), 1, MAX.jobs),
    ...{ seeds, mode, trace: values.trace, counts: values.counts, keepGoing: values['keep-going'] },
    record: values.record,
  };
  refuseContradictions(options);
  return options;
}

function refuseContradictions({ setting, seeds, mode, record, trace }: Options): void {
  if (mode === 'shorten' && seeds > 1) throw new BadOption('--shorten shortens one run: give one --seed.');
  if (setting.only !== null && seeds > 1) {
    throw new BadOption('--only names strikes by their numbers in one run: give one --seed.');
  }
  if (trace && (mode !== 'run' || seeds > 1)) throw new BadOption('--trace shows one run: give one --seed.');
  if (!record) return;
  if (mode !== 'run' || setting.plant !== null || setting.only !== null || setting.isFaultsOnly) {
    throw new BadOption('--record records runs under every fault: without --plant, --plants, --only and --shorten.');
  }
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        seed: { type: 'string', default: '1' },
        seeds: { type: 'string' },
        nodes: { type: 'string', default: '5' },
        steps: { type: 'string', default: '20000' },
        jobs: { type: 'string' },
        without: { type: 'string', default: '' },
        only: { type: 'string' },
        plant: { type: 'string' },
        'faults-only': { type: 'boolean', default: false },
        trace: { type: 'boolean', default: false },
        counts: { type: 'boolean', default: false },
        'keep-going': { type: 'boolean', default: false },
        record: { type: 'boolean', default: false },
        shorten: { type: 'boolean', default: false },
        plants: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new BadOption(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new BadOption(`--${name} takes a whole number from ${least} to ${most}, not "${text}".`);
}

function namesIn(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** `none` is no strike at all. */
function numbersIn(text: string): number[] {
  return text === 'none' ? [] : namesIn(text).map((number) => wholeNumber('only', number, 1, MAX.count));
}

function known(what: string, name: string, all: readonly { readonly name: string }[]): string {
  if (all.some((one) => one.name === name)) return name;
  const names = all.map((one) => `  ${one.name}`).join('\n');
  throw new BadOption(`There is no ${what} "${name}". There are:\n${names}`);
}
