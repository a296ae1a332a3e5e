/** Installs packages and builds bundles, each only if it does not match its sources. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleNodes } from './bundle.mjs';
import { inProject, run, seconds, Stop } from './project.mjs';

const BUILT_FROM = ['package-lock.json', 'tsconfig.json', 'scripts/lib/bundle.mjs'];
const SOURCE_FOLDERS = ['apps', 'libs'];
const STAMP = inProject('dist/bundle/.built-from');

export async function prepare() {
  await ensureInstalled();
  await ensureBuilt();
}

export async function ensureInstalled() {
  if (isInstalled()) return;
  await step('Installing packages (npm ci)', async () => {
    const { ok, output } = await run(['npm', 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
    if (!ok) throw new Error(`${output.trimEnd()}\nnpm ci did not succeed.`);
  });
}

export async function ensureBuilt() {
  const sources = hashOfSources();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === sources) return;
  await step('Building', bundleNodes);
  writeFileSync(STAMP, sources);
}

/** A module of `dist/bundle/`. */
export const built = (name) => import(`../../dist/bundle/${name}.js`);

/**
 * npm notes in `node_modules/.package-lock.json` what it installed: all that the project's lock file names has to be
 * there. Optional packages may be missing: they are for other platforms.
 */
function isInstalled() {
  const installed = inProject('node_modules/.package-lock.json');
  if (!existsSync(installed)) return false;
  const packages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const has = packages(installed);
  return Object.entries(packages(inProject('package-lock.json'))).every(
    ([path, wanted]) => path === '' || wanted.optional || wanted.devOptional || has[path]?.version === wanted.version,
  );
}

/** Content, not times: a checkout that changes nothing builds nothing. */
function hashOfSources() {
  const sources = SOURCE_FOLDERS.flatMap((folder) =>
    readdirSync(inProject(folder), { recursive: true })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
      .map((path) => join(folder, path)),
  );
  const hash = createHash('sha256');
  for (const path of [...BUILT_FROM, ...sources.sort()]) hash.update(`${path}\0${readFileSync(inProject(path))}\0`);
  return hash.digest('hex');
}

async function step(title, body) {
  const start = performance.now();
  process.stderr.write(`${title} … `);
  try {
    await body();
  } catch (error) {
    throw new Stop(`failed\n${error.message}`);
  }
  process.stderr.write(`${seconds(start)}\n`);
}
