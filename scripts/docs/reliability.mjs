/** What was tested against the guarantees, and the outcome, from the records in `docs/reliability/`. */
import { readdirSync, readFileSync } from 'node:fs';
import { inProject } from '../lib/project.mjs';
import { code, count, fence, table } from './markdown.mjs';

const HARMS = ['lost', 'doubled', 'diverged', 'other'];
const PLANTED = 'test/simulation/plants';
/** A plant that does not say how many steps it needs gets 6,000. */
const PLANT = /name: ['"](?<name>[^\n]+)['"],\s+foundWithin: (?<within>[\d_]+),(?:\s+steps: (?<steps>[\d_]+),)?/g;

export function reliabilityParts() {
  const [simulation, chaos, hostile, pauses] = ['simulation', 'chaos', 'hostile', 'pauses'].map((name) =>
    JSON.parse(readFileSync(inProject('docs/reliability', `${name}.json`), 'utf8')),
  );
  return {
    summary: summary(simulation, chaos, hostile, pauses),
    simulation: simulationPart(simulation),
    plants: plantsPart(),
    chaos: chaosPart(chaos),
    hostile: hostilePart(hostile),
    pauses: pausesPart(pauses),
  };
}

function summary(simulation, chaos, hostile, { rounds, writers, transfer, promotionAfterKill }) {
  const { seeds, nodes, steps, violations } = simulation;
  const all = (of) => count(sum(chaos, of));
  const [lost, doubled, diverged] = HARMS.map((harm) => all((run) => run.violations[harm]));
  const load = `${rounds} under ${writers} writers`;
  const most = ({ medianMs, maxMs }) => `${ms(medianMs)} (median), ${ms(maxMs)} at most`;
  const rows = [
    ['Simulation', `${count(seeds)} seeds of ${nodes} nodes, ${count(steps)} steps`, `${violations} rules broken`],
    [
      'Chaos',
      `${chaos.length} runs, ${all((run) => run.minutes)} minutes of faults, ${all((run) => run.acknowledged)} acknowledged writes`,
      `${lost} lost, ${doubled} doubled, ${diverged} diverged`,
    ],
    [
      'Hostile clients',
      `${hostile.length} runs, ${count(sum(hostile, (run) => run.count))} inputs`,
      `${count(sum(hostile, (run) => run.faults))} rules broken`,
    ],
    ['Planned transfer', load, `writing paused for ${most(transfer.pauseMs)}`],
    ['Promotion after SIGKILL', load, `first write after ${most(promotionAfterKill.firstWriteMs)}`],
  ];
  return table(['what', 'how much', 'what came of it'], rows);
}

function simulationPart(record) {
  const { nodes, stepsPerSeed, firstSeed, seeds, violated, faults, counts } = record;
  const command = `npm run simulate -- --seed ${firstSeed} --seeds ${seeds} --nodes ${nodes} --steps ${stepsPerSeed} --record`;
  return [
    fence('sh', command),
    `${madeOn(record)} ${violated.map(({ seed, rule }) => `Seed ${seed} broke ${rule}.`).join(' ')}`,
    byTimes('fault', faults),
    byTimes('what else happened', counts),
  ].join('\n\n');
}

/** From the sources, where each plant says by when it has to be found. */
function plantsPart() {
  const files = readdirSync(inProject(PLANTED)).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));
  const sources = files.sort().map((name) => readFileSync(inProject(PLANTED, name), 'utf8'));
  const plants = sources.flatMap((text) => [...text.matchAll(PLANT)].map(({ groups }) => groups));
  const rows = plants.map(({ name, within, steps = '6_000' }) => [name, number(within), number(steps)]);
  return table(['planted bug', 'found within seeds', 'of steps each'], rows);
}

function chaosPart(runs) {
  const faults = {};
  for (const [kind, times] of runs.flatMap((run) => Object.entries(run.faults)))
    faults[kind] = (faults[kind] ?? 0) + times;
  const rows = runs.map(({ date, commit, seed, nodes, minutes, partitions, ...run }) => [
    ...[date.slice(0, 10), code(commit ?? 'unknown'), seed, nodes, minutes, partitions, count(run.acknowledged)],
    count(sum(Object.values(run.faults), (times) => times)),
    ...HARMS.map((harm) => run.violations[harm]),
  ]);
  const writes = (outcome) => count(sum(runs, (run) => run.writes[outcome]));
  const all = (figure) => count(sum(runs, (run) => run[figure]));
  return [
    table(['run of', 'commit', 'seed', 'nodes', 'minutes', 'partitions', 'acknowledged', 'faults', ...HARMS], rows),
    `Of all writes ${writes('satisfied')} were answered satisfied, ${writes('pending')} pending, ${writes('rejected')} rejected; ${writes('unknown')} got no answer. Changes of
master set aside ${all('orphaned')} messages as orphans. ${all('reappended')} of them were appended again at the end; the writers of the others had
repeated them before. Live tails were resumed ${all('tailsResumed')} times.`,
    byTimes('fault', faults),
  ].join('\n\n');
}

function hostilePart(runs) {
  const rows = runs.map(({ date, commit, seed, honest, held, ...run }) => [
    ...[date.slice(0, 10), code(commit ?? 'unknown'), seed, count(run.count), count(run.connections)],
    ...[count(run.acknowledged), `${count(honest.answered)}, ${ms(Math.round(honest.longestMs))} at most`],
    held.map(({ before, after }) => `${before.descriptors} → ${after.descriptors}`).join(', '),
    `${held.map(({ before, after }) => `${mebibytes(before.memoryBytes)} → ${mebibytes(after.memoryBytes)}`).join(', ')} MiB`,
    run.faults,
  ]);
  const heads = ['run of', 'commit', 'seed', 'inputs', 'connections', 'acknowledged', 'honest answers'];
  return table([...heads, 'descriptors of both nodes', 'live memory of both', 'rules broken'], rows);
}

function pausesPart(record) {
  const { rounds, writers, nodes, writes, violations, transfer, promotionAfterKill } = record;
  const both = ({ medianMs, maxMs }) => `${ms(medianMs)} / ${ms(maxMs)}`;
  const row = (name, figure) => [name, both(transfer[figure]), both(promotionAfterKill[figure])];
  const rows = [
    row('no write acknowledged for', 'pauseMs'),
    row('first write of the new master after the command', 'firstWriteMs'),
    row('the command answered after', 'commandMs'),
    row('the slowest write took', 'slowestWriteMs'),
  ];
  const outcome = violations === 0 ? 'none lost, none doubled' : `${violations} violations`;
  return [
    fence('sh', `npm run pauses -- --rounds ${rounds} --writers ${writers} --record`),
    `${nodes} nodes and ${writers} writers on one machine, ${rounds} rounds of each. Median and maximum. ${count(writes)} writes, ${outcome}. ${madeOn(record)}`,
    table(['', 'planned transfer', 'promotion after SIGKILL'], rows),
    ...failoverParts(record),
  ].join('\n\n');
}

/** Records made before there was automatic failover have none. */
function failoverParts({ failovers, etcd, weather, writers, rounds }) {
  if (failovers === undefined) return [];
  const most = ({ medianMs, maxMs }) => [ms(Math.round(medianMs)), ms(Math.round(maxMs))];
  const rows = failovers.map(({ electionTimeout, firstWriteMs, restart }) => [
    `Replog, \`ELECTION_TIMEOUT=${electionTimeout}\``,
    ...most(firstWriteMs),
    `${restart.refused} refused, ${ms(restart.slowestWriteMs)} at most`,
  ]);
  if (etcd !== null) rows.push(['etcd, election timeout 1 s', ...most(etcd), '']);
  const lost = failovers.reduce((total, { violations }) => total + violations, 0);
  return [
    `The master is killed under ${writers} writers, ${rounds} times, and nobody does anything. ${lost === 0 ? 'No write was lost or doubled.' : `${lost} violations.`}`,
    table(['', 'first write after the kill, median', 'at most', 'rolling restart of all nodes'], rows),
    ...(weather === null
      ? []
      : [
          `With every sync delayed at random up to 2 s and every fifth packet to and from one secondary lost, for ${weather.minutes} minutes: **${weather.changes} changes of master**, ${count(weather.acknowledged)} acknowledged writes.`,
        ]),
  ];
}

function madeOn({ date, commit, dirty, node, cores, seconds, jobs }) {
  const tree = `${code(commit)}${dirty ? ' with changes' : ''}`;
  const by = cores === undefined ? '' : `, on ${cores} cores shared with the writers`;
  const took = seconds === undefined ? '' : `, in ${count(seconds / 60)} minutes by ${jobs} processes`;
  return `Made on ${date} at commit ${tree} with Node ${node.replace('v', '')}${by}${took}.`;
}

function byTimes(what, counts) {
  const sorted = Object.entries(counts).sort(([one, times], [other, more]) => more - times || one.localeCompare(other));
  const rows = sorted.map(([name, times]) => [name, count(times)]);
  return table([what, 'times'], rows);
}

const mebibytes = (bytes) => (bytes / 1024 / 1024).toFixed(1);

const ms = (value) => `${count(value)} ms`;

const number = (text) => count(Number(text.replaceAll('_', '')));

const sum = (values, of) => values.reduce((total, value) => total + of(value), 0);
