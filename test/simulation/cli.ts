/** `npm run simulate`: runs seeds, says what was done, and shows the first run that broke a rule. */
import { parseArgs } from 'node:util';
import { PLANTS } from './plants/index.js';
import { runSimulation } from './run-simulation.js';
import type { SimulationResult } from './run-simulation.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string' },
    nodes: { type: 'string', default: '5' },
    steps: { type: 'string', default: '20000' },
    without: { type: 'string', default: '' },
    plant: { type: 'string' },
    trace: { type: 'boolean', default: false },
    counts: { type: 'boolean', default: false },
    'keep-going': { type: 'boolean', default: false },
    plants: { type: 'boolean', default: false },
  },
});

const first = Number(values.seed);
const count = Number(values.seeds ?? 1);
const nodes = Number(values.nodes);
const steps = Number(values.steps);
const without = values.without.split(',').filter((name) => name !== '');
const plant = values.plant === undefined ? null : (PLANTS.find(({ name }) => name === values.plant) ?? null);

const totals = { steps: 0, simulatedMs: 0, broken: 0, runs: 0 };
const counts = new Map<string, number>();
const startedMs = performance.now();

if (values.plants) {
  for (const { name, seed, broken } of await tryPlants()) {
    console.log(seed === null ? `NOT FOUND   ${name}` : `seed ${String(seed).padStart(3)}    ${name}: ${broken}`);
  }
  process.exit();
}

for (let seed = first; seed < first + count; seed++) {
  const watch = values.trace ? { watch: (line: string) => console.log(line) } : {};
  const result = await runSimulation({ seed, nodes, steps, without, plant, ...watch });
  totals.runs += 1;
  totals.steps += result.steps;
  totals.simulatedMs += result.simulatedMs;
  for (const [what, times] of result.counts) counts.set(what, (counts.get(what) ?? 0) + times);
  if (count === 1) console.log(`seed ${seed}: trace ${result.hash}`);
  if (result.broken === null) continue;
  totals.broken += 1;
  show(result, values['keep-going']);
  if (!values['keep-going']) break;
}

const seconds = (performance.now() - startedMs) / 1000;
console.log(
  `${totals.runs} seeds of ${nodes} nodes, ${totals.steps} steps, ${(totals.simulatedMs / 3_600_000).toFixed(2)} simulated hours ` +
    `in ${seconds.toFixed(1)} s (${(totals.runs / seconds).toFixed(1)} seeds a second): ${totals.broken} broke a rule`,
);
if (values.counts || count > 1) {
  for (const [what, times] of [...counts].sort()) console.log(`  ${String(times).padStart(8)}  ${what}`);
}
process.exitCode = totals.broken === 0 ? 0 : 1;

/** Every planted bug, with the first seed that finds it. */
async function tryPlants(): Promise<{ name: string; seed: number | null; broken: string }[]> {
  const found: { name: string; seed: number | null; broken: string }[] = [];
  for (const planted of PLANTS) {
    const entry = { name: planted.name, seed: null as number | null, broken: '' };
    for (let seed = first; seed < first + count && entry.seed === null; seed++) {
      const { broken } = await runSimulation({ seed, nodes, steps, plant: planted, isFaultsOnly: true });
      if (broken !== null) Object.assign(entry, { seed, broken: `${broken.rule}: ${broken.message}` });
    }
    found.push(entry);
  }
  return found;
}

function show({ seed, broken, lastLines, steps: at }: SimulationResult, isShort: boolean): void {
  if (!isShort) for (const line of lastLines) console.log(line);
  console.log(`\nseed ${seed} broke the rule of ${broken?.rule} at step ${at}:\n  ${broken?.message}`);
  const more = [
    ...(without.length > 0 ? [`--without '${without.join(',')}'`] : []),
    ...(plant ? [`--plant '${plant.name}'`] : []),
  ];
  console.log(`  npm run simulate -- --seed ${seed} --nodes ${nodes} --steps ${steps} ${more.join(' ')}\n`);
}
