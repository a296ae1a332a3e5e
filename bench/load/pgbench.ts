/** Load by PostgreSQL's own `pgbench`; latencies come from its log of every transaction. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { latenciesOf } from '../measure/latencies.js';
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
    return parsePgbench(output, lines.join(''), load.clients);
  } finally {
    rmSync(logs, { recursive: true });
  }
}

/** Of the log, the third number of a line is the microseconds that the transaction took. */
export function parsePgbench(output: string, log: string, clients: number): LoadResult {
  const number = (pattern: RegExp): number => Number(pattern.exec(output)?.[1]);
  const requests = number(/^number of transactions actually processed: (\d+)/m);
  // It gives no rate where there was not one transaction, as when connecting took all of the time.
  const perSecond = requests === 0 ? 0 : number(/^tps = ([\d.]+)/m);
  if (Number.isNaN(requests) || Number.isNaN(perSecond)) throw new Error(`pgbench did not report: ${output}`);
  const microseconds = log
    .split('\n')
    .filter(Boolean)
    .map((line) => Number(line.split(' ', 3)[2]));
  const failures = number(/^number of failed transactions: (\d+)/m) || 0;
  const seconds = requests === 0 ? number(/^duration: ([\d.]+) s/m) : requests / perSecond;
  return { requests, seconds, failures, ...latenciesOf(microseconds, seconds, clients) };
}

function argumentsOf({ clients, seconds, script, port, user, database }: PgbenchLoad, logPrefix: string): string[] {
  const connection = ['-h', '127.0.0.1', '-p', String(port), '-U', user];
  const amount = ['-c', String(clients), '-j', '1', '-T', String(seconds)];
  return ['-n', '-M', 'prepared', '-l', `--log-prefix=${logPrefix}`, '-f', script, ...amount, ...connection, database];
}
