/** `npm run simulate`: bundles the simulation once, so that it runs at full speed, and hands on the arguments. */
import './lib/node-version.mjs';
import { spawn } from 'node:child_process';
import { build } from 'vite';
import { ensureInstalled } from './lib/prepare.mjs';
import { inProject } from './lib/project.mjs';

await ensureInstalled();
const { common } = await import('./lib/vite-common.mjs');
const outDir = inProject('node_modules', '.cache', 'replog', 'simulation');
const input = { cli: inProject('test/simulation/cli.ts'), worker: inProject('test/simulation/runs/worker.ts') };
await build({
  ...common,
  configFile: false,
  logLevel: 'warn',
  build: { ssr: true, rolldownOptions: { input }, outDir, emptyOutDir: true, minify: false, target: 'node20' },
});
const run = spawn(process.execPath, ['--enable-source-maps', `${outDir}/cli.js`, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
// An interrupt reaches the run as well: it says what it has done so far, and this script ends with it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => run.kill(signal));
run.on('exit', (code) => (process.exitCode = code ?? 1));
