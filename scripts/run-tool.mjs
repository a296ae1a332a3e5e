/** `npm run simulate|chaos|hostile|pauses|bench`: bundles a tool, so that it runs at full speed, and hands on the arguments. */
import { spawn } from 'node:child_process';
import { bundleTool } from './lib/bundle.mjs';
import { ensureBuilt, ensureInstalled } from './lib/prepare.mjs';
import { inProject } from './lib/project.mjs';

/** `cli` is started; the other entries are found beside it. */
const TOOLS = {
  simulate: {
    startsNodes: false,
    entries: { cli: 'test/simulation/cli.ts', worker: 'test/simulation/runs/worker.ts' },
  },
  chaos: { startsNodes: true, entries: { cli: 'test/chaos/cli.ts' } },
  hostile: { startsNodes: true, entries: { cli: 'test/hostile/cli.ts' } },
  pauses: { startsNodes: true, entries: { cli: 'test/pauses/cli.ts' } },
  bench: { startsNodes: true, entries: { cli: 'bench/cli.ts', 'socket-load': 'bench/load/socket-load.ts' } },
};

const [name, ...args] = process.argv.slice(2);
const { startsNodes, entries } = TOOLS[name];
await ensureInstalled();
if (startsNodes) await ensureBuilt();
const folder = await bundleTool(name, entries);
const run = spawn(process.execPath, ['--enable-source-maps', `${folder}/cli.js`, ...args], {
  cwd: inProject(),
  stdio: 'inherit',
});
// An interrupt reaches the tool too: it stops what it started and reports, and this script ends with it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => run.kill(signal));
run.on('exit', (code) => (process.exitCode = code ?? 1));
