/** Runs a command of the project to its end. */
import { spawn } from 'node:child_process';
import { inProject, ROOT } from './project.mjs';

/** The command line of a tool that is installed with the project. */
export const tool = (name, ...args) => [inProject('node_modules', '.bin', name), ...args];

/** The same for a script of ours. */
export const script = (path, ...args) => [process.execPath, inProject(path), ...args];

/**
 * Answers `{ ok, output }`. With `show` the command writes straight to the terminal and `output` stays empty;
 * otherwise what it printed is kept, in order.
 */
export function run([command, ...args], { show = false, env = process.env } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, env, stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
    child.on('error', (error) => resolve({ ok: false, output: `${output}${command}: ${error.message}\n` }));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}
