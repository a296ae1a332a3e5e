/** A result for the terminal. Figures are medians over rounds; the spread of the first stands beside it. */
import type { Figures } from '../measure/measured.js';
import { spreadOf } from '../measure/statistics.js';
import type { GoalResult } from './goals.js';
import type { BenchResult, Row } from './result.js';

/** From here on the load generator may well have been what was measured. */
const LOAD_LIMIT = 0.9;
/** From here on somebody else was measured, too. */
const OTHERS_LIMIT = 0.1;

interface Column {
  readonly head: string;
  of(row: Row): string;
}

const COLUMNS: readonly Column[] = [
  { head: 'messages/s', of: (row) => amount(median(row, 'messagesPerSecond')) },
  { head: '(min–max)', of: rangeOf },
  { head: 'p50 ms', of: (row) => fixed(median(row, 'p50Ms'), 2) },
  { head: 'p99 ms', of: (row) => fixed(median(row, 'p99Ms'), 2) },
  { head: 'max ms', of: (row) => fixed(spread(row, 'maxMs')?.max ?? null, 1) },
  { head: 'CPU µs', of: (row) => fixed(median(row, 'cpuUs'), 1) },
  { head: 'MiB', of: (row) => amount(spread(row, 'peakMiB')?.max ?? null) },
  { head: 'syncs', of: (row) => fixed(median(row, 'syncsPerMessage'), 4) },
  { head: 'a sync', of: (row) => fixed(median(row, 'batchRecords'), 1) },
  { head: 'load', of: (row) => percent(median(row, 'loadShare')) },
  { head: 'others', of: (row) => percent(median(row, 'othersShare')) },
];

export function tableLines({ rows, observations }: BenchResult): string[] {
  const width = Math.max(10, ...rows.map((row) => nameOf(row).length)) + 4;
  const cells = rows.map((row) => COLUMNS.map((column) => column.of(row)));
  const widths = COLUMNS.map(({ head }, place) =>
    Math.max(head.length, ...cells.map((row) => row[place]?.length ?? 0)),
  );
  const line = (texts: readonly string[]): string =>
    texts.map((text, place) => text.padStart(widths[place] ?? 0)).join('  ');
  const head = `${''.padEnd(width)}${line(COLUMNS.map((column) => column.head))}`;
  return [
    ...(rows.length > 0 ? [head] : []),
    ...rows.flatMap((row, place) => [
      ...(rows[place - 1]?.title === row.title ? [] : [row.title]),
      `${`  ${nameOf(row)}`.padEnd(width)}${line(cells[place] ?? [])}`,
    ]),
    ...observations.map(({ title, unit, values }) => {
      const { median: middle, min, max } = spreadOf(values) ?? { median: 0, min: 0, max: 0 };
      return `${title}: ${middle.toFixed(2)} ${unit} (${min.toFixed(2)} to ${max.toFixed(2)})`;
    }),
  ];
}

/** What the figures are to be read with. */
export function noteLines({ rows, contenders, missing }: BenchResult): string[] {
  return [
    ...contenders.map(
      ({ name, version, acknowledgement }) => `${name} ${version} answers when it is ${acknowledgement}.`,
    ),
    ...missing,
    ...rows.flatMap(doubtsOf),
  ];
}

/** Reasons not to take a row for what the nodes can do. */
export function doubtsOf(row: Row): string[] {
  const name = `${row.contender}, ${row.title}`;
  const failures = row.rounds.reduce((sum, round) => sum + round.failures, 0);
  const load = spread(row, 'loadShare')?.max ?? 0;
  const others = spread(row, 'othersShare')?.max ?? 0;
  return [
    ...(load >= LOAD_LIMIT ? [`${name}: the load generator was at its limit (${percent(load)} of a processor).`] : []),
    ...(others >= OTHERS_LIMIT ? [`${name}: up to ${percent(others)} of the machine went to something else.`] : []),
    ...(failures > 0 ? [`${name}: ${failures} requests failed.`] : []),
  ];
}

export function goalLines(goals: readonly GoalResult[]): string[] {
  return goals.map(({ title, unit, is, steps, measured }) => {
    const bounds = steps.map(({ bound, reached }) => `${is} ${readable(bound)} ${reached ? 'reached' : 'NOT reached'}`);
    return `${title}: ${readable(measured)} ${unit} (${bounds.join(', ')})`;
  });
}

function rangeOf(row: Row): string {
  const found = spread(row, 'messagesPerSecond');
  return found === null ? '' : `(${amount(found.min)}–${amount(found.max)})`;
}

const nameOf = ({ contender, clients }: Row): string =>
  clients === null ? contender : `${contender}, ${clients} at a time`;
const spread = (row: Row, name: keyof Figures) => spreadOf(row.rounds.map((round) => round[name]));
const median = (row: Row, name: keyof Figures): number | null => spread(row, name)?.median ?? null;
const amount = (value: number | null): string => (value === null ? '' : Math.round(value).toLocaleString('en'));
const fixed = (value: number | null, digits: number): string => value?.toFixed(digits) ?? '';
const percent = (value: number | null): string => (value === null ? '' : `${Math.round(100 * value)} %`);
const readable = (value: number): string => (value >= 1_000 ? amount(value) : String(Number(value.toPrecision(3))));
