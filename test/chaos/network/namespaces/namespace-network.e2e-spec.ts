/** That nodes are really parted is what a run of chaos is worth: so it is tried by itself, packet by packet. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'vite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandAlone, whyNoNamespaces } from './enter.js';

const whyNot = whyNoNamespaces();

describe.skipIf(whyNot !== null)(`the network of namespaces${whyNot === null ? '' : ` (${whyNot})`}`, () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'replog-network-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('lets nothing pass one way, everything the other, and everything again when it is healed', async () => {
    const entry = new URL('trial.ts', import.meta.url).pathname;
    await build({
      configFile: false,
      logLevel: 'error',
      build: {
        ssr: entry,
        outDir: folder,
        target: 'node20',
        rollupOptions: { output: { entryFileNames: 'trial.mjs' } },
      },
    });
    const [command = '', ...args] = commandAlone(process.execPath, join(folder, 'trial.mjs'), join(folder, 'networks'));
    const { stdout } = await promisify(execFile)(command, args);
    expect(JSON.parse(stdout)).toEqual({
      one: ['ready', 'silent-the-other-way', 'silent-told', 'refused-the-other-way', 'refused-told'],
      two: ['ready', 'silent-after', 'refused-after'],
    });
  });
});
