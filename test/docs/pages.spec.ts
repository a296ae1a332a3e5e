/**
 * The pages for operators against the code: every refusal that an operator can do something about is on
 * `docs/operations.md`, and every code, variable and metric that the pages name exists.
 */
import { readFileSync } from 'node:fs';
import { ERROR_KINDS } from '@replog/contracts/error-kinds.js';
import { LINK_WINDOW_BYTES, MAX_KEY_LENGTH, MAX_WAITING_WRITES } from '@replog/contracts/limits.js';
import { READ_BLOCK_BYTES } from '@replog/cluster/reads/log-cursor.js';
import { MAX_NESTING } from '@replog/http/requests/json-shape.js';
import { MAX_HEADER_LINES } from '@replog/http/server/bad-requests.js';
import { describeConfig } from '@replog/runtime/config/read-node-config.js';
import { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';
import { describe, expect, it } from 'vitest';
import { MAX_FORWARDED } from '../../apps/node/src/forward/forwarder.js';

const OPERATIONS = page('operations');
const SECURITY = page('security');

/** Between nodes, or a fault of the client alone. */
const NOT_FOR_OPERATORS = ['METHOD_UNKNOWN'];
/** Read by Node.js, by the entry of the image, or told by a master to a secondary. */
const NAMED_ELSEWHERE = ['UV_THREADPOOL_SIZE', 'CONFIG_FAULT_EXIT_CODE', 'DIVERGED'];
const OF_NODE_JS = ['process_open_fds', 'process_max_fds'];

function page(name: string): string {
  return readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8');
}

function named(text: string, names: RegExp): string[] {
  return [...new Set([...text.matchAll(names)].map(([name]) => name))];
}

describe('the pages for operators', () => {
  it('tell what to do about every refusal by the state of a cluster or a node', () => {
    const met = Object.entries(ERROR_KINDS).filter(([, { status }]) => status === 409 || status >= 500);
    const codes = met.map(([code]) => code).filter((code) => !NOT_FOR_OPERATORS.includes(code));
    expect(codes.filter((code) => !OPERATIONS.includes(`\`${code}\``))).toEqual([]);
  });

  it.each([
    ['operations', OPERATIONS],
    ['security', SECURITY],
  ])('name no code or variable that does not exist: %s', (_, text) => {
    const variables = describeConfig().map(({ variable }) => variable);
    const known = new Set([...Object.keys(ERROR_KINDS), ...variables, ...NAMED_ELSEWHERE]);
    const names = named(text, /\b[A-Z]+(?:_[A-Z]+)+\b/g);
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });

  it('name no metric that does not exist', () => {
    const known = new NodeMetrics().registry.getMetricsAsArray().map(({ name }) => name);
    const names = named(OPERATIONS, /\b(?:replog|process|nodejs)(?:_[a-z]+)+\b/g);
    expect(names).toContain('replog_storage_state');
    expect(names.filter((name) => !known.includes(name) && !OF_NODE_JS.includes(name))).toEqual([]);
  });

  it('give the limits as they are', () => {
    const MIB = 1024 ** 2;
    const limits = {
      'writes that wait for their concern': MAX_WAITING_WRITES.toLocaleString('en'),
      'requests that a node passes on': MAX_FORWARDED.toLocaleString('en'),
      'head of a request': `${MAX_HEADER_LINES.toLocaleString('en')} lines`,
      'nesting of a body': `${MAX_NESTING} levels`,
      'an idempotency key': `${MAX_KEY_LENGTH} characters`,
      'a list that is sent': `${READ_BLOCK_BYTES / 1024} KiB`,
      'sent on a link': `${LINK_WINDOW_BYTES / MIB} MiB`,
    };
    const rows = SECURITY.split('\n');
    const wrong = Object.entries(limits).filter(
      ([what, bound]) => !rows.some((row) => row.startsWith(`| ${what}`) && row.includes(bound)),
    );
    expect(wrong).toEqual([]);
  });
});
