/**
 * `npm run docs`: the pages of `docs/` are written by hand, but what stands between `<!-- from code: … -->` and
 * `<!-- end -->` is made here from code and recorded runs. With `--check` nothing is written: a part that is not what the
 * code says fails, and so does a link that leads nowhere.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';
import { apiParts } from './docs/api.mjs';
import { benchmarkParts } from './docs/benchmarks.mjs';
import { configurationParts, errorParts } from './docs/declared.mjs';
import { slug } from './docs/markdown.mjs';
import { reliabilityParts } from './docs/reliability.mjs';
import { prepare } from './lib/prepare.mjs';
import { inProject, runMain, Stop } from './lib/project.mjs';

const MAKERS = {
  api: apiParts,
  benchmarks: benchmarkParts,
  configuration: configurationParts,
  errors: errorParts,
  reliability: reliabilityParts,
};
const MADE = /(<!-- from code: (\w+) -->\n)[^]*?(<!-- end -->)/g;
const LINK = /\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)/g;

await runMain(async () => {
  await prepare();
  const isCheck = process.argv.includes('--check');
  const pages = new Map();
  for (const [name, makeParts] of Object.entries(MAKERS)) {
    const path = `docs/${name}.md`;
    pages.set(path, await formatted(path, filled(path, read(path), await makeParts())));
  }
  const stale = [...pages].filter(([path, text]) => read(path) !== text);
  for (const [path, text] of isCheck ? [] : stale) writeFileSync(inProject(path), text);
  for (const path of handWritten()) if (!pages.has(path)) pages.set(path, read(path));
  const dead = [...pages].flatMap(([path, text]) => deadLinks(pages, path, text));
  if (dead.length > 0) throw new Stop(`Links that lead nowhere:\n${dead.join('\n')}`);
  const names = stale.map(([path]) => path).join(', ');
  if (isCheck && names !== '') throw new Stop(`Not what the code says: ${names}. Run "npm run docs".`);
  console.log(names === '' ? 'Every page is current.' : `Written: ${names}`);
});

function filled(path, text, parts) {
  return text.replace(MADE, (_, start, name, end) => {
    if (parts[name] === undefined)
      throw new Stop(`${path} asks for "${name}"; there is ${Object.keys(parts).join(', ')}.`);
    return `${start}\n${parts[name]}\n\n${end}`;
  });
}

async function formatted(path, text) {
  // Not before the packages are installed.
  const { format, resolveConfig } = await import('prettier');
  return format(text, { ...(await resolveConfig(inProject(path))), filepath: path });
}

function deadLinks(pages, from, text) {
  const leadsSomewhere = ([, page, anchor]) => {
    const path = page === '' ? from : posix.join(posix.dirname(from), page);
    if (!existsSync(inProject(path))) return false;
    if (anchor === undefined || !path.endsWith('.md')) return true;
    const headings = (pages.get(path) ?? read(path)).matchAll(/^#+ (.+)$/gm);
    return [...headings].some(([, heading]) => slug(heading) === anchor);
  };
  const links = [...text.matchAll(LINK)].filter((link) => !leadsSomewhere(link));
  return links.map(([link]) => `  ${from}: ${link.slice(1)}`);
}

function handWritten() {
  const inDocs = readdirSync(inProject('docs'), { recursive: true }).map((path) => posix.join('docs', path));
  return ['README.md', ...inDocs.filter((path) => path.endsWith('.md'))];
}

function read(path) {
  return readFileSync(inProject(path), 'utf8');
}
