/** `npm run simulate`: bundles the simulation once, so that it runs at full speed, and hands on the arguments. */
import './lib/node-version.mjs';
import { spawn } from 'node:child_process';
import { build } from 'vite';
import { ensureInstalled } from './lib/prepare.mjs';
import { inProject } from './lib/project.mjs';

await ensureInstalled();
const { common } = await import('./lib/vite-common.mjs');
const outDir = inProject('node_modules', '.cache', 'replog', 'simulation');
await build({
  ...common,
  configFile: false,
  logLevel: 'warn',
  build: { ssr: inProject('test', 'simulation', 'cli.ts'), outDir, emptyOutDir: true, minify: false, target: 'node20' },
});
const run = spawn(process.execPath, ['--enable-source-maps', `${outDir}/cli.js`, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
run.on('exit', (code) => (process.exitCode = code ?? 1));
