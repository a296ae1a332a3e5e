/** Commands of the system, carried out at once; one that fails says why. */
import { spawnSync } from 'node:child_process';

export function run(command: string, args: readonly string[], input = ''): void {
  const { status, stderr, error } = spawnSync(command, args, { input, encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr.trim()}\n${input}`.trimEnd());
}

/** Lines for `ip`, all or the first that fails; in another network where a launcher leads there. */
export function configure(lines: readonly string[], launcher: readonly string[] = []): void {
  const [command = '', ...args] = [...launcher, 'ip', '-batch', '-'];
  run(command, args, `${lines.join('\n')}\n`);
}
