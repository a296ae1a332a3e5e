/** `npm run bench`: measures, prints a table, and with `--record` keeps the result for the page. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CASE_IDS, CASES } from './cases/index.js';
import { findProgram, outputOf, Refusal, versionOf } from './load/command.js';
import { MESSAGE_BYTES } from './load/load.js';
import { machineOf } from './measure/machine.js';
import { abortedBySignals } from '../test/support/interruption.js';
import { BadOption, parseOptions } from './options.js';
import type { Options } from './options.js';
import { goalsOf } from './report/goals.js';
import { record } from './report/record.js';
import type { BenchResult } from './report/result.js';
import { goalLines, noteLines, tableLines } from './report/table.js';
import { runBench } from './run-bench.js';

const BAD_OPTION = 2;

const interrupted = abortedBySignals((signal) => new Refusal(`Ended by ${signal}.`));

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  const isForPeople = error instanceof BadOption || error instanceof Refusal;
  console.error(isForPeople ? error.message : error);
  return error instanceof BadOption ? BAD_OPTION : 1;
});
process.exit();

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, CASE_IDS);
  if (options.list) {
    for (const { id, title } of CASES) console.log(`${id.padEnd(22)} ${title}`);
    return 0;
  }
  // The system's own accounting is what CPU and memory are taken from, of ours and of peers.
  if (!existsSync('/proc/self/stat'))
    throw new Refusal('The benchmark needs Linux: it reads CPU and memory from /proc.');
  const result = await resultOf(options, ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '));
  print(result);
  if (options.record) console.log(`\nRecorded in ${await record(result)}. "npm run docs" makes the page of it.`);
  return 0;
}

async function resultOf(options: Options, command: string): Promise<BenchResult> {
  mkdirSync(resolve(options.data), { recursive: true });
  const version = (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version;
  const watch = (sentence: string): void => console.log(sentence);
  const machine = await machineOf(resolve(options.data));
  if (!machine.isDiskReal) watch(`${resolve(options.data)} is kept in memory: a sync there costs nothing. Use --data.`);
  const found = await runBench({ options, version, signal: interrupted.signal, watch });
  return {
    date: new Date().toISOString(),
    commit: await commitOfSources(),
    command,
    machine,
    versions: { Replog: version, 'Node.js': process.versions.node, ...(await versionOfWrk()) },
    seconds: options.seconds,
    roundCount: options.rounds,
    messageBytes: MESSAGE_BYTES,
    ...found,
  };
}

/** Where it is not installed, the load comes from a process of ours. */
async function versionOfWrk(): Promise<Record<string, string>> {
  const wrk = findProgram('wrk');
  return wrk === null ? {} : { wrk: await versionOf(wrk, '-v') };
}

function print(result: BenchResult): void {
  for (const lines of [tableLines(result), noteLines(result), goalLines(goalsOf(result))]) {
    if (lines.length > 0) console.log(`\n${lines.join('\n')}`);
  }
}

async function commitOfSources(): Promise<string | null> {
  const sources = ['--', 'apps', 'libs', 'bench'];
  try {
    const commit = await outputOf('git', ['log', '-1', '--format=%h', '--abbrev=12', ...sources]);
    const changed = await outputOf('git', ['status', '--porcelain', ...sources]);
    return `${commit.trim()}${changed.trim() === '' ? '' : '+'}`;
  } catch {
    return null;
  }
}
