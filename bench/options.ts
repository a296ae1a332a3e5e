/** The options of `npm run bench`. A wrong option is refused with a sentence. */
import { parseArgs } from 'node:util';

export interface Options {
  /** Ids of cases or their beginnings; empty: all. */
  readonly only: readonly string[];
  readonly seconds: number;
  readonly rounds: number;
  /** How long the logs of the cases are that read, open and catch up. */
  readonly messages: number;
  readonly full: boolean;
  readonly peers: boolean;
  readonly record: boolean;
  readonly list: boolean;
  readonly data: string;
}

export class BadOption extends Error {}

const FULL_LOG = 10_000_000;

export const USAGE = `npm run bench -- [options]

  --only NAMES      cases to run, separated by commas: one-by-one, one-by-one/wc1, batches, ... (--list names all)
  --seconds N       how long one round of load lasts (5)
  --rounds N        rounds of every case; median and spread are over them (3)
  --messages N      length of the logs that are caught up with, read, opened and grown (1000000)
  --full            opens a log of 10,000,000, and lets one grow to that
  --peers           etcd, PostgreSQL, Redis and NATS beside us, where installed (npm run bench:peers installs them)
  --record          keeps the result in docs/benchmarks/; "npm run docs" makes the page of it
  --data DIR        where the nodes keep their data while it runs (.replog/bench): a real disk
  --list            names the cases`;

/** `cases`: the ids of all there are. Throws BadOption. */
export function parseOptions(args: readonly string[], cases: readonly string[]): Options {
  const { values } = parsed(args);
  const only = (values.only ?? '').split(',').filter(Boolean);
  const unknown = only.find((name) => !cases.some((id) => isNamed(id, [name])));
  if (unknown !== undefined) throw new BadOption(`There is no case "${unknown}". Known are: ${cases.join(', ')}.`);
  return {
    only,
    seconds: wholeNumberOf('seconds', values.seconds, 1, 3_600),
    rounds: wholeNumberOf('rounds', values.rounds, 1, 100),
    messages: wholeNumberOf('messages', values.messages, 1_000, FULL_LOG),
    full: values.full,
    peers: values.peers,
    record: values.record,
    list: values.list,
    data: values.data,
  };
}

/** Is this case, or what it belongs to, among the names? No names: it is. */
export function isNamed(id: string, names: readonly string[]): boolean {
  return names.length === 0 || names.some((name) => id === name || id.startsWith(`${name}/`));
}

export const lengthToOpen = ({ full, messages }: Options): number => (full ? FULL_LOG : messages);

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        seconds: { type: 'string', default: '5' },
        rounds: { type: 'string', default: '3' },
        messages: { type: 'string', default: '1000000' },
        full: { type: 'boolean', default: false },
        peers: { type: 'boolean', default: false },
        record: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        data: { type: 'string', default: '.replog/bench' },
      },
    });
  } catch (error) {
    throw new BadOption(`${(error as Error).message}\n\n${USAGE}`);
  }
}

function wholeNumberOf(name: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new BadOption(`--${name} is a whole number from ${min} to ${max}, not "${text}".`);
}
