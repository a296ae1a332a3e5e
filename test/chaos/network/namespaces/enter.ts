/**
 * Runs this command again, alone in its own networks, mounts and processes. The machine sees nothing of them, they
 * need no unique names, and the kernel removes them all when the command ends, even by SIGKILL.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { configure } from './commands.js';

const ALONE = ['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
const MARK = 'REPLOG_CHAOS_IS_ALONE';
const TRIAL = [
  'command -v ip > /dev/null || { echo "the command ip is missing (package iproute2)" >&2; exit 1; }',
  'command -v nsenter > /dev/null || { echo "the command nsenter is missing (package util-linux)" >&2; exit 1; }',
  'echo 1 > /proc/sys/net/ipv4/ip_forward',
  'ip link add here type veth peer name there',
  'ip rule add from 10.77.1.2 to 10.77.2.2 blackhole',
].join('\n');

/** Why this machine gives us no networks of our own; `null` where it does. */
export function whyNoNamespaces(): string | null {
  if (process.platform !== 'linux') return 'only Linux has network namespaces';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const [command = '', ...args] = commandAlone('sh', '-e', '-c', TRIAL);
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return null;
  return (error?.message ?? stderr.trim().split('\n').at(-1)) || `unshare ended with ${status}`;
}

/** The command, so that it runs alone. */
export function commandAlone(...command: readonly string[]): readonly string[] {
  return [...ALONE, ...command];
}

export function isAlone(): boolean {
  return process.env[MARK] !== undefined;
}

/** Answers the exit code. A signal to us, or our death, closes the pipe that the process within is listening to. */
export async function runAlone(interrupted: AbortSignal): Promise<number> {
  const [command = '', ...args] = commandAlone(process.execPath, ...process.execArgv, ...process.argv.slice(1));
  const within = spawn(command, args, {
    env: { ...process.env, [MARK]: '1' },
    stdio: ['pipe', 'inherit', 'inherit'],
    // In a session of its own: a terminal's signals are for us to pass on, or the run would be ended twice at once.
    detached: true,
  });
  within.stdin?.on('error', () => undefined);
  interrupted.addEventListener('abort', () => within.stdin?.end());
  const [code] = (await once(within, 'exit')) as [number | null];
  return code ?? 1;
}

/** Within. `end`: whoever started us has ended, or wants us to. */
export function settleIn(end: () => void): void {
  configure(['link set lo up']);
  process.stdin.resume().on('end', end).on('error', end);
}
