/** `dist/client`: the package `@replog/client` as it is published, with nothing in it but what its users get. */
import { cpSync, rmSync } from 'node:fs';
import { inProject, run, tool } from './project.mjs';

const FOLDER = 'dist/client';

/** Answers where it is. Throws with what the compiler says. */
export async function buildClientPackage() {
  rmSync(inProject(FOLDER), { recursive: true, force: true });
  const { ok, output } = await run(tool('tsc', '-p', 'libs/client/tsconfig.json'));
  if (!ok) throw new Error(`libs/client does not compile for browsers:\n${output.trimEnd()}`);
  for (const file of ['package.json', 'README.md']) cpSync(inProject('libs/client', file), inProject(FOLDER, file));
  cpSync(inProject('LICENSE'), inProject(FOLDER, 'LICENSE'));
  return inProject(FOLDER);
}
