/** Do the links of the generated pages lead to pages and headings that exist? */
import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { inProject } from '../lib/project.mjs';
import { slug } from './markdown.mjs';

/** `pages`: text by path in the project. */
export function deadLinks(pages) {
  return [...pages].flatMap(([path, text]) =>
    [...text.matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)/g)]
      .filter(
        ([, page, anchor]) =>
          !leadsSomewhere(pages, page === '' ? path : posix.join(posix.dirname(path), page), anchor),
      )
      .map(([link]) => `  ${path}: ${link.slice(1)}`),
  );
}

function leadsSomewhere(pages, path, anchor) {
  const text = pages.get(path) ?? (existsSync(inProject(path)) ? readIfPage(path) : null);
  return text !== null && (anchor === undefined || headingsOf(text).includes(anchor));
}

const readIfPage = (path) => (path.endsWith('.md') ? readFileSync(inProject(path), 'utf8') : '');

const headingsOf = (text) => [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => slug(heading));
