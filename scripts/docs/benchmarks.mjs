/** The newest run that `npm run bench -- --record` has kept, laid out. */
import { readdirSync, readFileSync } from 'node:fs';
import { inProject } from '../lib/project.mjs';
import { code, count, fence, table } from './markdown.mjs';

const FOLDER = 'docs/benchmarks';

/** By the first part of a case's name. */
const FAMILIES = {
  'one-by-one': 'One by one',
  batches: 'Batches',
  'catch-up': 'Catching up',
  read: 'Reading all of a log',
  tails: 'Live tails',
  growth: 'A log that has grown long',
  disturbed: 'A slow and a dead secondary',
  added: 'More secondaries',
};

const CHARTS = [
  ['one-by-one/wc1/64', 'messagesPerSecond', 'One by one, 64 clients: messages a second'],
  ['batches/100', 'messagesPerSecond', 'Batches of 100: messages a second'],
  ['one-by-one/wc1/64', 'cpuUs', 'One by one, 64 clients: CPU of all nodes a message, µs'],
];

/** What a column shows of a figure's spread over the rounds; nothing where there is no figure. */
const COLUMNS = [
  ['messages/s', 'messagesPerSecond', ({ median }) => count(median)],
  ['min – max', 'messagesPerSecond', ({ min, max }) => `${count(min)} – ${count(max)}`],
  ['p50 ms', 'p50Ms', ({ median }) => median.toFixed(2)],
  ['p99 ms', 'p99Ms', ({ median }) => median.toFixed(2)],
  ['max ms', 'maxMs', ({ max }) => max.toFixed(1)],
  ['CPU µs a message', 'cpuUs', ({ median }) => median.toFixed(1)],
  ['MiB', 'peakMiB', ({ max }) => count(max)],
  ['syncs a message', 'syncsPerMessage', ({ median }) => median.toFixed(4)],
  ['records a sync', 'batchRecords', ({ median }) => median.toFixed(1)],
  ['load generator', 'loadShare', ({ median }) => `${Math.round(100 * median)} %`],
];

/** `run`: as bench/report/record.ts writes it. */
export function benchmarkParts(run = newestRun()) {
  const families = Object.entries(FAMILIES).map(([family, title]) => section(`## ${title}`, familyTables(run, family)));
  const figures = [
    section('## Side by side', charts(run)),
    ...families,
    section('## Observed besides', observations(run)),
    section('## What to doubt', run.doubts.map((doubt) => `- ${doubt}`).join('\n')),
  ];
  return { run: circumstances(run), goals: goals(run), figures: figures.filter(Boolean).join('\n\n') };
}

function newestRun() {
  const runs = readdirSync(inProject(FOLDER)).filter((name) => name.endsWith('.json'));
  return JSON.parse(readFileSync(inProject(FOLDER, runs.sort().at(-1)), 'utf8'));
}

/** Nothing where there is nothing to show. */
const section = (title, text) => (text === '' ? '' : `${title}\n\n${text}`);

function circumstances({ machine, versions, contenders, ...run }) {
  const facts = [
    ['command', code(run.command)],
    ['date, commit', `${run.date.slice(0, 10)}, ${run.commit ?? 'unknown'}`],
    ['machine', `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB; load generator included`],
    ['kernel', machine.kernel],
    ['disk', machine.isDiskReal ? machine.disk : `${machine.disk}: kept in memory, no sync is one`],
    [
      'versions',
      Object.entries(versions)
        .map((each) => each.join(' '))
        .join(', '),
    ],
    ['rounds', `${run.roundCount} of ${run.seconds} s; medians, and the spread of messages/s beside them`],
    ['messages', `${run.messageBytes} bytes each`],
  ];
  const meanings = contenders.map(({ name, version, acknowledgement }) => [name, version, acknowledgement]);
  const explained = `What it means when a write is answered:\n\n${table(['', 'version', 'it is …'], meanings)}`;
  return [table(['', ''], facts), explained, ...run.missing].join('\n\n');
}

function goals(run) {
  const readable = (value) => (value >= 1_000 ? count(value) : String(Number(value.toPrecision(3))));
  const rows = run.goals.map(({ title, unit, is, measured, steps }) => [
    title,
    steps.map(({ bound }) => `${is} ${readable(bound)}`).join(', then '),
    `${readable(measured)} ${unit}`,
    steps.map(({ reached }) => (reached ? 'reached' : 'not reached')).join(', '),
  ]);
  return table(['', 'goal', 'measured', ''], rows);
}

/** Only where there is somebody to compare with. */
function charts(run) {
  const drawn = CHARTS.map(([id, figure, title]) => {
    const rows = run.rows.filter((row) => row.id === id && row.spreads[figure] !== null);
    if (rows.length < 2) return '';
    const names = rows.map(({ contender }) => `"${contender}"`).join(', ');
    const values = rows.map(({ spreads }) => Number(spreads[figure].median.toPrecision(4)));
    const axis = `x-axis [${names}]\n  y-axis 0 --> ${Math.ceil(Math.max(...values) * 1.1)}`;
    return fence('mermaid', `xychart-beta\n  title "${title}"\n  ${axis}\n  bar [${values.join(', ')}]`);
  });
  return drawn.filter(Boolean).join('\n\n');
}

function familyTables(run, family) {
  const rows = run.rows.filter(({ id }) => id.split('/')[0] === family);
  const titles = [...new Set(rows.map(({ title }) => title))];
  const tables = titles.map((title) => {
    const members = rows.filter((row) => row.title === title);
    const columns = COLUMNS.filter(([, figure]) => members.some(({ spreads }) => spreads[figure] !== null));
    const cells = members.map(({ contender, clients, spreads }) => [
      clients === null ? contender : `${contender}, ${clients} at a time`,
      ...columns.map(([, figure, show]) => (spreads[figure] === null ? '' : show(spreads[figure]))),
    ]);
    return `### ${title[0].toUpperCase()}${title.slice(1)}\n\n${table(['', ...columns.map(([name]) => name)], cells)}`;
  });
  return tables.join('\n\n');
}

function observations(run) {
  const rows = run.observations
    .filter(({ spread }) => spread !== null)
    .map(({ title, unit, spread: { median, min, max } }) => [
      title,
      `${median.toFixed(2)} ${unit}`,
      `${min.toFixed(2)} – ${max.toFixed(2)}`,
    ]);
  return rows.length > 0 ? table(['', 'median', 'min – max'], rows) : '';
}
