/**
 * Data directories that an earlier build wrote, kept in `test/fixtures`: a master and one secondary of the last build
 * before the words on the wire changed (commit 16f83d4), stopped in order. `messages.ndjson` is how the master answered
 * `GET /messages` before it stopped. Two segments, two epochs, messages with and without keys, a batch, and JSON in
 * unusual notation.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NodeProcess } from './node-process.js';

const ARCHIVE = fileURLToPath(new URL('../fixtures/before-the-words-changed.tar.gz', import.meta.url));

/** Puts its directory under each node, in `root`; answers the messages as they were read, as NDJSON. */
export function unpackFor(nodes: readonly NodeProcess[], root: string): string {
  const folder = join(root, 'kept');
  mkdirSync(folder);
  execFileSync('tar', ['-xzf', ARCHIVE, '-C', folder]);
  for (const { nodeId, dataDir } of nodes) cpSync(join(folder, 'data', nodeId), dataDir, { recursive: true });
  const messages = readFileSync(join(folder, 'messages.ndjson'), 'utf8');
  rmSync(folder, { recursive: true });
  return messages;
}
