import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Injectable } from '@nestjs/common';
import type { Role } from '@replog/contracts/http.js';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { ConfigError } from './config-error.js';
import { NodeConfig } from './node-config.js';
import { NodeConfigModule } from './node-config.module.js';

@Injectable()
class Reader {
  constructor(readonly config: NodeConfig) {}
}

describe('the configuration in Nest', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'replog-config-'));
    file = join(folder, '.env');
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  const config = async (firstRole?: Role): Promise<NodeConfig> => {
    const imports = [await NodeConfigModule.forRoot({ envFilePath: file, firstRole })];
    const nest = await Test.createTestingModule({ imports, providers: [Reader] }).compile();
    return nest.get(Reader).config;
  };

  it('is read from the environment, then from .env, and injected by its type', async () => {
    writeFileSync(file, 'SERVER_TYPE=secondary\nAPI_KEY=of-the-file\nHEALTHCHECK_DELAY=7\nMASTERPORT=1\n');
    vi.stubEnv('API_KEY', 'of-the-environment');
    expect(await config()).toMatchObject({
      role: 'secondary',
      apiKey: 'of-the-environment',
      healthcheckDelayMs: 7000,
      warnings: [expect.stringContaining('CLUSTER_SECRET'), expect.stringContaining('MASTERPORT')],
    });
  });

  it('prefers the role of the command to SERVER_TYPE', async () => {
    writeFileSync(file, 'SERVER_TYPE=secondary\nAPI_KEY=k\n');
    expect((await config('master')).role).toBe('master');
  });

  it('has no delay with the .env of the project, which Compose uses too', async () => {
    file = '.env';
    expect((await config('master')).delay).toBeNull();
  });

  it('leaves the environment as it was, so that it can be read again', async () => {
    writeFileSync(file, 'SERVER_TYPE=master\nAPI_KEY=k\nHEALTHCHECK_DELAY=7\n');
    const before = { ...process.env };
    await config();
    expect(process.env).toEqual(before);
    expect((await config()).healthcheckDelayMs).toBe(7000);
  });

  it('is refused with all faults at once, also those of the file', async () => {
    writeFileSync(file, 'SERVER_TYPE=boss\nLOG_LEVEL=loud\n');
    vi.stubEnv('DELAY', 'long');
    const refused: unknown = await config().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ConfigError);
    expect((refused as ConfigError).faults.map(({ variable }) => variable)).toEqual([
      'SERVER_TYPE',
      'API_KEY',
      'DELAY',
      'LOG_LEVEL',
    ]);
  });
});
