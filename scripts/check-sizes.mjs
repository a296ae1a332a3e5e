/** A file is one idea and fits on a few screens: at most 300 lines, 500 where it is a spec. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { inProject } from './lib/project.mjs';

const MAX_LINES = 300;
const MAX_LINES_SPEC = 500;
const CODE = new Set(['.ts', '.js', '.mjs', '.cjs', '.sh']);
const NOT_OURS = new Set(['node_modules', 'dist', 'data', 'coverage', '.git']);

let tooLong = 0;
for (const path of codeFiles('.')) {
  const lines = readFileSync(inProject(path), 'utf8').trimEnd().split('\n').length;
  const bound = /[.-]spec\.ts$/.test(basename(path)) ? MAX_LINES_SPEC : MAX_LINES;
  if (lines <= bound) continue;
  console.log(`${path}: ${lines} lines, at most ${bound}`);
  tooLong++;
}
process.exitCode = tooLong === 0 ? 0 : 1;

function* codeFiles(folder) {
  for (const entry of readdirSync(inProject(folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !NOT_OURS.has(entry.name)) yield* codeFiles(path);
    else if (entry.isFile() && CODE.has(extname(path))) yield path;
  }
}
