/** Runs programs to their end, and finds them. */
import { spawn } from 'node:child_process';
import type { SpawnOptions } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian keeps servers, off the path of most users. */
const ELSEWHERE = ['/usr/local/bin', '/usr/bin', '/usr/sbin'];
const POSTGRESQL = '/usr/lib/postgresql';

/** Refused because of the machine, not because of a bug. Shown as one sentence. */
export class Refusal extends Error {}

/** `null` where it is not installed. */
export function findProgram(name: string): string | null {
  const folders = [...postgresqlFolders(), ...(process.env['PATH'] ?? '').split(':').filter(Boolean), ...ELSEWHERE];
  return folders.map((folder) => join(folder, name)).find(isProgram) ?? null;
}

export function programOf(name: string): string {
  const found = findProgram(name);
  if (found === null) throw new Refusal(`${name} is not installed`);
  return found;
}

/** Runs to the end and answers what was printed; anything but exit code 0 (or one that is `allowed`) is an error. */
export function outputOf(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { readonly allowed?: readonly number[] } = {},
): Promise<string> {
  const { allowed = [0], ...rest } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...rest, stdio: ['ignore', 'pipe', 'pipe'] });
    const parts: Record<'out' | 'error', string> = { out: '', error: '' };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (parts.out += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (parts.error += text));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code !== null && allowed.includes(code)) resolve(parts.out);
      else reject(new Error(`${command} ended with ${signal ?? code}: ${(parts.error || parts.out).trim()}`));
    });
  });
}

export async function versionOf(program: string, ...args: string[]): Promise<string> {
  const output = await outputOf(program, args.length === 0 ? ['--version'] : args, { allowed: [0, 1] });
  return /\d+\.\d+(?:\.\d+)?/.exec(output)?.[0] ?? output.split('\n')[0] ?? '';
}

/** The newest version first. */
function postgresqlFolders(): string[] {
  if (!existsSync(POSTGRESQL)) return [];
  const versions = readdirSync(POSTGRESQL).sort((one, other) => Number(other) - Number(one));
  return versions.map((version) => join(POSTGRESQL, version, 'bin'));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
