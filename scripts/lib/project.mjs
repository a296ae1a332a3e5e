/** Where the project stands, and its settings as the nodes will see them: the environment over `.env`. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import util from 'node:util';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export const inProject = (...path) => resolve(ROOT, ...path);

/** A fault the user can mend: printed as the sentence it is, without a stack. */
export class Stop extends Error {}

export function readSettings() {
  const file = inProject('.env');
  const defaults = existsSync(file) ? util.parseEnv(readFileSync(file, 'utf8')) : {};
  return { ...defaults, ...process.env };
}

/** Runs a script's main function, which may answer an exit code: a Stop ends it with its sentence, the rest with a stack. */
export async function runMain(main) {
  try {
    const exitCode = await main();
    if (exitCode !== undefined) process.exitCode = exitCode;
  } catch (error) {
    process.stderr.write(`${error instanceof Stop ? error.message : error.stack}\n`);
    process.exitCode = 1;
  }
}

export const seconds = (sinceMs) => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;
