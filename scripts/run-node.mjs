/**
 * `npm run start:master`, `npm run start:secondary`: one node from its environment, in the foreground. It runs in this
 * very process, so signals, exit code and output are its own.
 */
import './lib/node-version.mjs';
import { pathToFileURL } from 'node:url';
import { prepare } from './lib/prepare.mjs';
import { inProject, runMain, Stop } from './lib/project.mjs';

await runMain(async () => {
  const role = process.argv[2];
  if (role !== 'master' && role !== 'secondary') throw new Stop('Usage: node scripts/run-node.mjs master|secondary');
  await prepare();
  process.chdir(inProject());
  await import(pathToFileURL(inProject(`dist/bundle/${role}.js`)).href);
});
