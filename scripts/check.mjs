/** `npm run check`: everything that can be said of the sources without running them. All steps run, whatever fails. */
import './lib/node-version.mjs';
import { availableParallelism } from 'node:os';
import { ensureInstalled } from './lib/prepare.mjs';
import { runMain, seconds } from './lib/project.mjs';
import { run, script, tool } from './lib/run.mjs';

/** The longest first, so that they do not wait for the short ones. */
const STEPS = [
  { name: 'lint', command: tool('eslint', '.', '--max-warnings=0') },
  { name: 'types', command: tool('tsc', '--noEmit') },
  { name: 'format', command: tool('prettier', '--check', '--log-level=warn', '.') },
  { name: 'imports', command: tool('depcruise', '--output-type=err', 'apps', 'libs', 'test', 'bench') },
  { name: 'docs', command: script('scripts/docs.mjs', '--check') },
  { name: 'sizes', command: script('scripts/check-sizes.mjs') },
];

await runMain(async () => {
  await ensureInstalled();
  const waiting = [...STEPS];
  const failed = [];
  const work = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      if (!(await passes(step))) failed.push(step.name);
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work));
  console.log(failed.length === 0 ? 'Every check passed.' : `Failed: ${failed.join(', ')}.`);
  return failed.length === 0 ? 0 : 1;
});

async function passes({ name, command }) {
  const start = performance.now();
  const { ok, output } = await run(command);
  console.log(`${ok ? '✓' : '✗'} ${name.padEnd(8)} ${seconds(start)}`);
  if (!ok) console.log(output.trimEnd());
  return ok;
}
