/** `npm run check`: everything that can be said of the sources without running them. All steps run, whatever fails. */
import { availableParallelism } from 'node:os';
import { prepare } from './lib/prepare.mjs';
import { run, runMain, script, seconds, tool } from './lib/project.mjs';

/** The longest first, so that they do not wait for the short ones. */
const STEPS = [
  ['lint', tool('eslint', '.', '--max-warnings=0')],
  ['types', tool('tsc', '--noEmit')],
  ['package', script('scripts/client-package.mjs', '--check')],
  ['format', tool('prettier', '--check', '--log-level=warn', '.')],
  ['imports', tool('depcruise', '--output-type=err', 'apps', 'libs', 'test', 'bench')],
  ['docs', script('scripts/docs.mjs', '--check')],
];

await runMain(async () => {
  await prepare();
  const waiting = [...STEPS];
  const failed = [];
  const work = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const [name, command] = step;
      const start = performance.now();
      const { ok, output } = await run(command);
      console.log(`${ok ? '✓' : '✗'} ${name.padEnd(8)} ${seconds(start)}${ok ? '' : `\n${output.trimEnd()}`}`);
      if (!ok) failed.push(name);
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work));
  console.log(failed.length === 0 ? 'Every check passed.' : `Failed: ${failed.join(', ')}.`);
  return failed.length === 0 ? 0 : 1;
});
