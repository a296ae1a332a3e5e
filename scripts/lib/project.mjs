/** Where the project is, how its scripts end, and how they run commands. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export const inProject = (...path) => resolve(ROOT, ...path);

export const seconds = (sinceMs) => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;

/** A fault that the user can repair. */
export class Stop extends Error {}

/** Runs a script's main function, which may answer an exit code. What the user can repair is printed without a stack. */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? process.exitCode;
  } catch (error) {
    const isForUser = error instanceof Stop || error.name === 'ConfigError';
    process.stderr.write(`${isForUser ? error.message : error.stack}\n`);
    process.exitCode = error.constructor.exitCode ?? 1;
  }
}

/** The command line of a tool that is installed with the project. */
export const tool = (name, ...args) => [inProject('node_modules/.bin', name), ...args];

/** The same for a script of ours. */
export const script = (path, ...args) => [process.execPath, inProject(path), ...args];

/** Answers `{ ok, output }`. With `show` the command writes straight to the terminal and `output` stays empty. */
export function run([command, ...args], { show = false } = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', (error) => done({ ok: false, output: `${output}${command}: ${error.message}\n` }));
    child.on('close', (code) => done({ ok: code === 0, output }));
  });
}
