/**
 * `docs/reliability.md`: what was run against the promises, and what came of it. The figures are those that the runs
 * themselves wrote to `docs/reliability/`; nothing here is counted by hand.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { inProject, ROOT } from '../lib/project.mjs';
import { code, fence, GENERATED, table } from './markdown.mjs';

const COVERED = ['libs/replication-core/src', 'libs/log-store/src'];
const PLANTED = 'test/simulation/plants';
const PLANT = /name: ['"](?<name>[^\n]+)['"],\s+foundWithin: (?<within>[\d_]+),(?:\s+steps: (?<steps>[\d_]+),)?/g;
/** Where a plant does not say. */
const PLANT_STEPS = '6_000';
const IGNORED = /v8 ignore[^-]*-- (?<reason>.*?) \*\//;

export function reliabilityPage() {
  const [simulation, chaos, pauses] = ['simulation', 'chaos', 'pauses'].map(recordOf);
  return `${GENERATED}

# Reliability

A write acknowledged by a majority survives every fault below; what fewer acknowledged and a change of master left behind
is kept, listed and can be appended again. This page is the evidence: what was run, how often, and what was lost. Every
figure was written by the run itself; each section begins with the command that makes it again.

${summary(simulation, chaos, pauses)}

## Simulation

${simulationSection(simulation)}

### Bugs that were planted

${plantsSection()}

## Chaos on real processes

${chaosSection(chaos)}

## Pauses of writing

${pausesSection(pauses)}

## Coverage

${coverageSection()}
`;
}

function summary(simulation, chaos, pauses) {
  const rows = [];
  if (simulation !== null) {
    const { seeds, nodes, steps, simulatedHours, violations } = simulation;
    rows.push([
      'Simulation',
      `${count(seeds)} seeds of ${nodes} nodes: ${count(steps)} steps, ${count(simulatedHours)} simulated hours`,
      violations === 0 ? 'no rule broken' : `${violations} of them broke a rule`,
    ]);
  }
  if (chaos !== null) {
    const minutes = sum(chaos.map((run) => run.minutes));
    const [lost, doubled, diverged] = harms(chaos);
    rows.push([
      'Chaos',
      `${chaos.length} runs, ${count(minutes)} minutes of faults, ${count(sum(chaos.map((run) => run.acknowledged)))} acknowledged writes`,
      `${lost} lost, ${doubled} doubled, ${diverged} diverged`,
    ]);
  }
  if (pauses !== null) {
    rows.push([
      'Planned transfer',
      `${pauses.rounds} under ${pauses.writers} writers`,
      `writing paused ${ms(pauses.transfer.pauseMs.medianMs)} (median), ${ms(pauses.transfer.pauseMs.maxMs)} at most`,
    ]);
    rows.push([
      'Promotion after SIGKILL',
      `${pauses.rounds} under ${pauses.writers} writers`,
      `first write ${ms(pauses.promotionAfterKill.firstWriteMs.medianMs)} after the command (median), ${ms(pauses.promotionAfterKill.firstWriteMs.maxMs)} at most`,
    ]);
  }
  return table(['what', 'how much', 'what came of it'], rows);
}

function simulationSection(record) {
  if (record === null) return NOT_RECORDED;
  const { nodes, stepsPerSeed, firstSeed, seeds, violated, faults, counts } = record;
  const command = `npm run simulate -- --seed ${firstSeed} --seeds ${seeds} --nodes ${nodes} --steps ${stepsPerSeed} --record`;
  return `${fence('sh', command)}

The production classes of a whole cluster on one thread: clock, network and disk are virtual, and one seed decides all that
happens. Faults come first, often after a story: a master is cut off, takes writes nobody else has, is replaced and comes
back; or it hands over while others lag. Then some majority is healed and has to make progress; then everything is healed
and has to agree. In a fourth of the runs a majority is lost, office is taken by force, and in half of those faults come
again. Rules are checked all the while. The same seed and commit give the same story, event for event.
${violated.length === 0 ? '' : `\nBroken: ${violated.map(({ seed, rule }) => `seed ${seed} (${rule})`).join(', ')}.\n`}
${madeOn(record)}

${table(['fault', 'times'], byTimes(faults))}

${table(['what else happened', 'times'], byTimes(counts))}`;
}

function plantsSection() {
  return `${fence('sh', 'npm run simulate -- --plants --seeds 60')}

A rule that finds nothing proves little until it is seen to find something. Each of these bugs was put into the production
classes, in the simulation only; \`npm test\` fails where one is not found within its number of seeds.

${table(['planted bug', 'found within seeds', 'of steps each'], sourcesIn(PLANTED).flatMap(plantsIn))}`;
}

function chaosSection(runs) {
  if (runs === null) return NOT_RECORDED;
  const faults = {};
  for (const run of runs)
    for (const [kind, times] of Object.entries(run.faults)) faults[kind] = (faults[kind] ?? 0) + times;
  const writes = (outcome) => count(sum(runs.map((run) => run.writes[outcome])));
  return `${fence('sh', 'npm run chaos -- --minutes 10 --nodes 5 --record')}

Real processes under real faults, with writers of mixed concerns who repeat under their keys, and readers and live tails on
every node. When all is healed, every answer that was given is judged against the logs; orphans are appended again, twice.

${table(
  [
    'run of',
    'commit',
    'seed',
    'nodes',
    'minutes',
    'partitions',
    'acknowledged',
    'faults',
    'lost',
    'doubled',
    'diverged',
    'other',
  ],
  runs.map((run) => [
    run.date.slice(0, 10),
    code(run.commit ?? 'unknown'),
    run.seed,
    run.nodes,
    run.minutes,
    run.partitions,
    count(run.acknowledged),
    count(sum(Object.values(run.faults))),
    ...['lost', 'doubled', 'diverged', 'other'].map((harm) => run.violations[harm]),
  ]),
)}

Of all writes ${writes('satisfied')} were answered satisfied, ${writes('pending')} pending, ${writes('rejected')} rejected; of ${writes('unknown')} the writer got no answer.
${count(sum(runs.map((run) => run.orphaned)))} messages were set aside as orphans by changes of master and ${count(sum(runs.map((run) => run.reappended)))} of them appended again at the end; the others were in the log by then, as
their writers had repeated them. Live tails were resumed ${count(sum(runs.map((run) => run.tailsResumed)))} times.

${table(['fault', 'times'], byTimes(faults))}`;
}

function pausesSection(record) {
  if (record === null) return NOT_RECORDED;
  const { rounds, writers, nodes, writes, violations, transfer, promotionAfterKill } = record;
  const row = (name, figure) => [name, both(transfer[figure]), both(promotionAfterKill[figure])];
  return `${fence('sh', `npm run pauses -- --rounds ${rounds} --writers ${writers} --record`)}

${nodes} nodes and ${writers} writers on one machine; ${rounds} planned transfers (\`POST /cluster/promote\` while the master lives), then ${rounds} promotions
after the master was killed. Median and maximum. ${count(writes)} writes, ${violations === 0 ? 'none lost, none doubled' : `${violations} violations`}.

${madeOn(record)}

${table(
  ['', 'planned transfer', 'promotion after SIGKILL'],
  [
    row('no write acknowledged for', 'pauseMs'),
    row('first write of the new master after the command', 'firstWriteMs'),
    row('the command answered after', 'commandMs'),
    row('the slowest write took', 'slowestWriteMs'),
  ],
)}

After a kill the pause also holds the time until the command was given.`;
}

function coverageSection() {
  const reasons = COVERED.flatMap(sourcesIn).flatMap(ignoredIn);
  const exceptions =
    reasons.length === 0
      ? 'There is no exception.'
      : `What no test can reach, and why:\n\n${table(['where', 'reason'], reasons)}`;
  return `${fence('sh', 'npm run test:unit -- --coverage libs')}

Of \`replication-core\` (what is decided) and \`log-store\` (what is kept) the unit tests reach every statement, branch and
function; \`npm test\` fails below that. ${exceptions}`;
}

const NOT_RECORDED = 'Not recorded yet.';

function recordOf(name) {
  const path = inProject('docs', 'reliability', `${name}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
}

function madeOn({ date, commit, dirty, node, cores, seconds, jobs }) {
  const facts = [
    `Made on ${date} at commit ${code(commit)}${dirty ? ' with changes' : ''} with Node ${node.replace('v', '')}`,
  ];
  if (cores !== undefined) facts.push(`on ${cores} cores shared with the writers`);
  if (seconds !== undefined) facts.push(`in ${count(Math.round(seconds / 60))} minutes by ${jobs} processes`);
  return `${facts.join(', ')}.`;
}

function sourcesIn(folder) {
  return readdirSync(inProject(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.spec.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function ignoredIn(path) {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.flatMap((line) => {
    const reason = IGNORED.exec(line)?.groups.reason;
    return reason === undefined ? [] : [[code(relative(ROOT, path)), reason]];
  });
}

function plantsIn(path) {
  return [...readFileSync(path, 'utf8').matchAll(PLANT)].map(({ groups: { name, within, steps = PLANT_STEPS } }) => [
    name,
    count(Number(within.replaceAll('_', ''))),
    count(Number(steps.replaceAll('_', ''))),
  ]);
}

function harms(runs) {
  return ['lost', 'doubled', 'diverged'].map((harm) => sum(runs.map((run) => run.violations[harm])));
}

function byTimes(counts) {
  return Object.entries(counts)
    .sort(([one, oneTimes], [other, otherTimes]) => otherTimes - oneTimes || one.localeCompare(other))
    .map(([what, times]) => [what, count(times)]);
}

const both = ({ medianMs, maxMs }) => `${ms(medianMs)} / ${ms(maxMs)}`;

const ms = (value) => `${count(Math.round(value))} ms`;

const count = (value) => value.toLocaleString('en');

const sum = (values) => values.reduce((total, value) => total + value, 0);
