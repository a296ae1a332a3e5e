/** Counts tests from Vitest's JSON reports: its own summary is not one that every CI can read. */
import { existsSync, readFileSync, statSync } from 'node:fs';

/** `null` where the run wrote no report: it did not get as far as counting. */
export function countReport(file, writtenSinceMs) {
  if (!existsSync(file) || statSync(file).mtimeMs < writtenSinceMs) return null;
  const report = JSON.parse(readFileSync(file, 'utf8'));
  // A file that cannot be loaded fails without one failed test: it counts as one.
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** `N passed, N failed`. A part that failed without a failed test (a check, a crash) counts as one failed. */
export function addUp(parts) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const { ok, count } of parts) {
    sum.passed += count?.passed ?? 0;
    sum.skipped += count?.skipped ?? 0;
    sum.failed += count?.failed || (ok ? 0 : 1);
  }
  return `${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`;
}
