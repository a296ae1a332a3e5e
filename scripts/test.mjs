/** `npm test`: every check of a fresh clone. Every part runs even if one fails. The last line counts the tests. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { ensureBuilt, ensureInstalled } from './lib/prepare.mjs';
import { inProject, run, runMain, script, seconds, tool } from './lib/project.mjs';

const REPORTS = inProject('node_modules/.cache/replog');

const PARTS = {
  build: () => ensureBuilt().then(() => ({ ok: true })),
  check: () => run(script('scripts/check.mjs'), { show: true }),
  // It also measures what the tests reach: vitest.config.ts says how much that has to be.
  unit: () => runTests('unit', '--coverage'),
  simulation: () => runTests('simulation'),
  'node 24': fetchNode24,
  e2e: () => runTests('e2e'),
};

await runMain(async () => {
  await ensureInstalled();
  const results = [];
  for (const [name, part] of Object.entries(PARTS)) {
    console.log(`\n── ${name}`);
    const start = performance.now();
    const result = await part().catch((error) => ({ ok: false, output: error.message }));
    if (result.output) console.log(result.output.trimEnd());
    results.push({ name, took: seconds(start), ...result });
  }
  console.log('\nSummary');
  for (const { name, ok, took } of results) console.log(`  ${ok ? '✓' : '✗'} ${name.padEnd(10)} ${took}`);
  console.log(addUp(results));
  return results.every(({ ok }) => ok) ? 0 : 1;
});

/** For test/node-24. Where it cannot be had, that test is skipped and says so. */
async function fetchNode24() {
  const { ok } = await run(['npm', 'ci', '--prefix', 'test/node-24', '--no-audit', '--no-fund', '--loglevel=error']);
  return { ok: true, output: ok ? '' : 'Not to be had from the registry: its test is skipped.' };
}

async function runTests(project, ...options) {
  const report = `${REPORTS}/${project}.json`;
  mkdirSync(REPORTS, { recursive: true });
  rmSync(report, { force: true });
  const vitest = tool('vitest', 'run', `--project=${project}`, '--reporter=default', '--reporter=json', ...options);
  const { ok } = await run([...vitest, `--outputFile.json=${report}`], { show: true });
  return { ok, ...countsOf(JSON.parse(readFileSync(report, 'utf8'))) };
}

/** A file that cannot be loaded fails without one failed test: it counts as one. */
function countsOf({ numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults }) {
  const isBroken = ({ status, assertionResults }) =>
    status === 'failed' && assertionResults.every((test) => test.status !== 'failed');
  const failed = numFailedTests + testResults.filter(isBroken).length;
  return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests };
}

/** A part that failed without a failed test (a check, a crash) counts as one failed. */
function addUp(results) {
  const [passed, skipped] = ['passed', 'skipped'].map((kind) =>
    results.reduce((sum, each) => sum + (each[kind] ?? 0), 0),
  );
  const failed = results.reduce((sum, each) => sum + (each.failed || (each.ok ? 0 : 1)), 0);
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
