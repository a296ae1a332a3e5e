/**
 * `npm run docs`: writes the pages that are made from the code, and the table of the README between its markers.
 * With `--check` it writes nothing and fails where a page is not what the code says.
 */
import './lib/node-version.mjs';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { apiPage } from './docs/api-page.mjs';
import { benchmarksPage } from './docs/benchmarks-page.mjs';
import { configurationPage, shortConfigurationTable } from './docs/configuration-page.mjs';
import { errorsPage } from './docs/errors-page.mjs';
import { deadLinks } from './docs/links.mjs';
import { reliabilityPage } from './docs/reliability-page.mjs';
import { prepare } from './lib/prepare.mjs';
import { inProject, runMain, Stop } from './lib/project.mjs';

const README = 'README.md';
const MARKED = /(<!-- configuration:start -->\n)[^]*?(<!-- configuration:end -->)/;

await runMain(async () => {
  await prepare();
  const isCheck = process.argv.includes('--check');
  const pages = new Map([
    ['docs/configuration.md', await configurationPage()],
    ['docs/errors.md', await errorsPage()],
    ['docs/api.md', await apiPage()],
    ['docs/benchmarks.md', benchmarksPage()],
    ['docs/reliability.md', reliabilityPage()],
  ]);
  for (const [path, text] of pages) pages.set(path, await formatted(path, text));
  if (existsSync(inProject(README))) pages.set(README, await readmeWith(await shortConfigurationTable()));

  const dead = deadLinks(pages);
  if (dead.length > 0) throw new Stop(`Links that lead nowhere:\n${dead.join('\n')}`);
  const stale = [...pages].filter(([path, text]) => readIfThere(path) !== text).map(([path]) => path);
  if (isCheck) {
    if (stale.length === 0) return 0;
    console.log(`Not what the code says: ${stale.join(', ')}. Run "npm run docs".`);
    return 1;
  }
  for (const path of stale) writeFileSync(inProject(path), pages.get(path));
  console.log(stale.length === 0 ? 'Every page is current.' : `Written: ${stale.join(', ')}`);
  return 0;
});

async function readmeWith(table) {
  const text = await formatted(README, table);
  return readFileSync(inProject(README), 'utf8').replace(MARKED, (_, start, end) => `${start}\n${text}\n${end}`);
}

async function formatted(path, text) {
  // Not before the packages are installed.
  const { format, resolveConfig } = await import('prettier');
  const options = await resolveConfig(inProject(path));
  return format(text, { ...options, filepath: path });
}

function readIfThere(path) {
  return existsSync(inProject(path)) ? readFileSync(inProject(path), 'utf8') : null;
}
