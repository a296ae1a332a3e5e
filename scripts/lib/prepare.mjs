/**
 * What a fresh clone lacks: the packages and the build. Both are made only where they do not match what they are made
 * from, so that a second start installs and builds nothing.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { inProject, ROOT, seconds, Stop } from './project.mjs';
import { run, script, tool } from './run.mjs';

const STAMP = inProject('dist', '.built-from');
const BUILT_FROM = [
  'package-lock.json',
  'nest-cli.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/bundle.mjs',
  'apps',
  'libs',
];

export async function prepare() {
  await ensureInstalled();
  await ensureBuilt();
}

export async function ensureInstalled() {
  if (isInstalled()) return;
  await step(
    'Installing packages (npm ci)',
    'npm ci did not succeed',
    npm('ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'),
  );
}

export async function ensureBuilt() {
  const sources = hashOfSources();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === sources) return;
  await step('Building (nest build)', 'The build did not succeed', tool('nest', 'build', 'node'));
  await step('Bundling (rolldown)', 'The bundle was not made', script('scripts/bundle.mjs'));
  writeFileSync(STAMP, sources);
}

/**
 * npm notes in `node_modules/.package-lock.json` what it installed: it has to have all that the project's lock file
 * names. Optional packages may be missing: they are for other platforms.
 */
function isInstalled() {
  const installed = inProject('node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const packages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const has = packages(installed);
  return Object.entries(packages(inProject('package-lock.json'))).every(
    ([path, wanted]) => path === '' || wanted.optional || wanted.devOptional || has[path]?.version === wanted.version,
  );
}

/** Content, not times: a checkout that changes nothing builds nothing. */
function hashOfSources() {
  const hash = createHash('sha256');
  for (const name of BUILT_FROM) {
    for (const file of filesOf(name))
      hash
        .update(`${file}\0`)
        .update(readFileSync(inProject(file)))
        .update('\0');
  }
  return hash.digest('hex');
}

function filesOf(name) {
  const path = inProject(name);
  if (!existsSync(path)) return [];
  if (name.includes('.')) return [name];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.spec.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort();
}

/** npm as it was called, where a script of npm's runs us; the one on the path otherwise. */
function npm(...args) {
  const called = process.env.npm_execpath;
  return called?.endsWith('.js') ? [process.execPath, called, ...args] : ['npm', ...args];
}

async function step(title, failure, command) {
  const start = performance.now();
  process.stderr.write(`${title} … `);
  const { ok, output } = await run(command);
  process.stderr.write(ok ? `${seconds(start)}\n` : 'failed\n');
  if (!ok) throw new Stop(`${output.trimEnd()}\n${failure}.`);
}
