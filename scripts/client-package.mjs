/**
 * `npm run build:client` builds the package `@replog/client` in `dist/client`. With `--check` it is also looked at as its users
 * see it: what `exports` promises is there (publint), types and code agree in every way of importing it (attw).
 */
import { buildClientPackage } from './lib/client-package.mjs';
import { ensureInstalled } from './lib/prepare.mjs';
import { run, runMain, Stop, tool } from './lib/project.mjs';

await runMain(async () => {
  await ensureInstalled();
  const folder = await buildClientPackage();
  if (!process.argv.includes('--check')) return;
  const looks = await Promise.all([
    run(tool('publint', folder, '--strict')),
    run(tool('attw', '--pack', folder, '--profile=esm-only', '--no-definitely-typed')),
  ]);
  const complaints = looks.filter(({ ok }) => !ok).map(({ output }) => output.trimEnd());
  if (complaints.length > 0) throw new Stop(complaints.join('\n'));
});
