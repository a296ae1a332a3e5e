/** Load by PostgreSQL's own `pgbench`; latencies come from its log of every transaction. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { percentileOf } from '../measure/statistics.js';
import { outputOf, programOf } from './command.js';
import type { LoadResult } from './load.js';

export interface PgbenchLoad {
  readonly clients: number;
  readonly seconds: number;
  readonly script: string;
  readonly folder: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

export async function runPgbench(load: PgbenchLoad): Promise<LoadResult> {
  const logs = mkdtempSync(join(load.folder, 'pgbench-'));
  try {
    const output = await outputOf(programOf('pgbench'), argumentsOf(load, join(logs, 'log')), { cwd: logs });
    const lines = readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8'));
    return parsePgbench(output, lines.join(''));
  } finally {
    rmSync(logs, { recursive: true });
  }
}

/** Of the log, the third number of a line is the microseconds that the transaction took. */
export function parsePgbench(output: string, log: string): LoadResult {
  const number = (pattern: RegExp): number => Number(pattern.exec(output)?.[1]);
  const requests = number(/^number of transactions actually processed: (\d+)/m);
  const perSecond = number(/^tps = ([\d.]+)/m);
  if (Number.isNaN(requests) || Number.isNaN(perSecond)) throw new Error(`pgbench did not report: ${output}`);
  const microseconds = log
    .split('\n')
    .filter(Boolean)
    .map((line) => Number(line.split(' ', 3)[2]))
    .sort((one, other) => one - other);
  const ms = (share: number): number | null => {
    const found = percentileOf(microseconds, share);
    return found === null ? null : found / 1000;
  };
  const failures = number(/^number of failed transactions: (\d+)/m) || 0;
  return { requests, seconds: requests / perSecond, p50Ms: ms(0.5), p99Ms: ms(0.99), maxMs: ms(1), failures };
}

function argumentsOf({ clients, seconds, script, port, user, database }: PgbenchLoad, logPrefix: string): string[] {
  const connection = ['-h', '127.0.0.1', '-p', String(port), '-U', user];
  const amount = ['-c', String(clients), '-j', '1', '-T', String(seconds)];
  return ['-n', '-M', 'prepared', '-l', `--log-prefix=${logPrefix}`, '-f', script, ...amount, ...connection, database];
}
