/**
 * Load over HTTP by `wrk`. It needs a few microseconds a request, so one thread is far from its limit when a node has
 * reached its own. Its figures come from a short Lua script, not from the text it prints for people.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputOf, programOf } from './command.js';
import type { LoadResult } from './load.js';

const TIMEOUT_SECONDS = 30;
const MICROSECONDS = 1_000_000;

const REPORT = `
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"durationUs":%d,"p50Us":%d,"p99Us":%d,"maxUs":%d,"failures":%d}\\n',
    summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), latency.max,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
`;

export interface HttpLoad {
  readonly url: string;
  readonly clients: number;
  readonly seconds: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The same for every request, or a Lua expression that is worked out for each, with `number` counting up. */
  readonly body: string | { readonly lua: string };
}

export async function runWrk(load: HttpLoad): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), 'replog-bench-'));
  const script = join(folder, 'load.lua');
  try {
    writeFileSync(script, scriptOf(load));
    return parseWrk(await outputOf(programOf('wrk'), argumentsOf(load, script)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The line that our script writes when wrk is done. */
export function parseWrk(output: string): LoadResult {
  const line = /^RESULT (\{.*\})$/m.exec(output)?.[1];
  if (line === undefined) throw new Error(`wrk did not report: ${output.trim()}`);
  const result = JSON.parse(line) as Record<string, number>;
  const of = (name: string): number => result[name] ?? 0;
  const hasAnswers = of('requests') > 0;
  return {
    requests: of('requests'),
    seconds: of('durationUs') / MICROSECONDS,
    p50Ms: hasAnswers ? of('p50Us') / 1000 : null,
    p99Ms: hasAnswers ? of('p99Us') / 1000 : null,
    maxMs: hasAnswers ? of('maxUs') / 1000 : null,
    failures: of('failures'),
  };
}

/** A body in long brackets needs no escapes; the newline after the opening one is dropped by Lua. */
export function scriptOf({ body, headers }: HttpLoad): string {
  const set = Object.entries(headers).map(([name, value]) => `wrk.headers[${quoted(name)}] = ${quoted(value)}`);
  const lines = ['wrk.method = "POST"', ...set];
  if (typeof body === 'string') return [...lines, `wrk.body = [==[\n${body}]==]`, REPORT].join('\n');
  const request = `number = 0\nrequest = function()\n  number = number + 1\n  return wrk.format(nil, nil, nil, ${body.lua})\nend`;
  return [...lines, request, REPORT].join('\n');
}

function argumentsOf({ url, clients, seconds }: HttpLoad, script: string): string[] {
  const options = { threads: 1, connections: clients, duration: `${seconds}s`, timeout: `${TIMEOUT_SECONDS}s`, script };
  return [...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]), url];
}

const quoted = (text: string): string => JSON.stringify(text);
