/**
 * The examples of the client's README as its readers run them: with the package as it is published, in a process of Node.js of
 * its own, against a cluster. Each prints what the page says.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildClientPackage } from '../../scripts/lib/client-package.mjs';
import { ClusterInProcess } from '../support/cluster-in-process.js';
import { API_KEY } from '../support/cluster.js';

interface Example {
  readonly code: string;
  readonly prints: string;
}

const EXAMPLE = /```ts\n([^]*?)```\n\n```text\n([^]*?)```/g;
const OPTIONS: ts.CompilerOptions = {
  ...{ target: ts.ScriptTarget.ES2022, lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'], types: [], strict: true },
  ...{ module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
};

/** A compiler has much to read, and a busy machine takes long for it. */
const PATIENCE_MS = 120_000;

const folder = mkdtempSync(join(tmpdir(), 'replog-readme-'));
const page = readFileSync(new URL('../../libs/client/README.md', import.meta.url), 'utf8');
const examples: Example[] = [...page.matchAll(EXAMPLE)].map(([, code = '', prints = '']) => ({ code, prints }));
let cluster: ClusterInProcess;

beforeAll(async () => {
  cluster = await ClusterInProcess.start(2);
  const installed = join(folder, 'node_modules/@replog/client');
  mkdirSync(installed, { recursive: true });
  cpSync(await buildClientPackage(), installed, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const [number, { code }] of examples.entries()) writeFileSync(fileOf(number), atCluster(code));
}, PATIENCE_MS);
afterAll(async () => {
  await cluster.end();
  rmSync(folder, { recursive: true });
});

const fileOf = (number: number): string => join(folder, `example-${number}.ts`);

function atCluster(code: string): string {
  const urls = cluster.nodes.map(({ client }) => client.url);
  return code.replaceAll(/http:\/\/localhost:800(\d)/g, (_, place: string) => urls[Number(place)] as string);
}

describe('the README of the client', { timeout: PATIENCE_MS }, () => {
  it('has an example for each thing, and no code that is not run', () => {
    expect(examples.length).toBe(page.split('```ts').length - 1);
    expect(page).toContain(API_KEY);
  });

  it('compiles against the published types, with nothing of Node.js', () => {
    const program = ts.createProgram(
      examples.map((_, number) => fileOf(number)),
      OPTIONS,
    );
    const faults = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
    expect(faults).toEqual([]);
    program.emit();
  });

  it('prints what it says, one example after the other', async () => {
    const run = promisify(execFile);
    for (const [number, { prints }] of examples.entries()) {
      const { stdout } = await run(process.execPath, [fileOf(number).replace(/ts$/, 'js')]);
      expect(stdout).toBe(prints);
    }
  });
});
