/** `npm test`: everything a fresh clone can be asked. Every part runs, whatever fails; the last line counts the tests. */
import './lib/node-version.mjs';
import { mkdirSync } from 'node:fs';
import { ensureBuilt, ensureInstalled } from './lib/prepare.mjs';
import { inProject, runMain, seconds } from './lib/project.mjs';
import { run, script, tool } from './lib/run.mjs';
import { addUp, countReport } from './lib/test-count.mjs';

const REPORTS = inProject('node_modules', '.cache', 'replog');

await runMain(async () => {
  await ensureInstalled();
  mkdirSync(REPORTS, { recursive: true });
  const parts = [
    await part('build', build),
    await part('check', () => run(script('scripts/check.mjs'), { show: true })),
    await part('unit', () => runTests('unit', '--coverage')),
    await part('simulation', () => runTests('simulation')),
    await part('e2e', () => runTests('e2e')),
  ];

  console.log('\nSummary');
  for (const { name, ok, took } of parts) console.log(`  ${ok ? '✓' : '✗'} ${name.padEnd(8)} ${took}`);
  console.log(addUp(parts));
  return parts.every(({ ok }) => ok) ? 0 : 1;
});

/** The end-to-end tests start the built nodes. */
async function build() {
  try {
    await ensureBuilt();
    return { ok: true };
  } catch (error) {
    console.error(error.message);
    return { ok: false };
  }
}

/** The unit tests also measure what they reach: vitest.config.ts says how much that has to be. */
async function runTests(project, ...options) {
  const report = `${REPORTS}/${project}.json`;
  const start = Date.now();
  const vitest = tool('vitest', 'run', `--project=${project}`, '--reporter=default', '--reporter=json', ...options);
  const { ok } = await run([...vitest, `--outputFile.json=${report}`], { show: true });
  return { ok, count: countReport(report, start) };
}

async function part(name, body) {
  console.log(`\n── ${name}`);
  const start = performance.now();
  const result = await body();
  return { name, took: seconds(start), ...result };
}
