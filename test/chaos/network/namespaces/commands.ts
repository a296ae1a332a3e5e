/** Commands of the system, carried out at once; one that fails says why. */
import { spawnSync } from 'node:child_process';

export function run(command: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { input, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr.trim()}\n${input}`.trimEnd());
}

/** What a command says, run in another network where a launcher leads there. */
export function output(name: string, words: readonly string[], launcher: readonly string[] = []): string {
  const [command = '', ...args] = [...launcher, name, ...words];
  return run(command, args);
}

/** Lines for `ip`, all or the first that fails; in another network where a launcher leads there. */
export function configure(lines: readonly string[], launcher: readonly string[] = []): void {
  const [command = '', ...args] = [...launcher, 'ip', '-batch', '-'];
  run(command, args, `${lines.join('\n')}\n`);
}
