/** `npm run bench`: builds the nodes and bundles what measures them, and hands on the arguments. */
import './lib/node-version.mjs';
import { spawn } from 'node:child_process';
import { build } from 'vite';
import { prepare } from './lib/prepare.mjs';
import { inProject, ROOT } from './lib/project.mjs';

await prepare();
const { common } = await import('./lib/vite-common.mjs');
// As deep below the project as its sources are, which find the nodes by their own place.
const outDir = inProject('dist', 'bench');
const input = { cli: inProject('bench', 'cli.ts'), 'socket-load': inProject('bench', 'load', 'socket-load.ts') };
await build({
  ...common,
  configFile: false,
  logLevel: 'warn',
  build: { ssr: true, rollupOptions: { input }, outDir, emptyOutDir: true, minify: false, target: 'node20' },
});
const run = spawn(process.execPath, ['--enable-source-maps', `${outDir}/cli.js`, ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: 'inherit',
});
// An interrupt reaches the run as well: it ends what it started, and this script ends with it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => run.kill(signal));
run.on('exit', (code) => (process.exitCode = code ?? 1));
