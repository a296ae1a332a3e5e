/**
 * One node as a process: reads its configuration, starts, and stops on a signal. Exit codes: 0 stopped by a signal,
 * 78 configuration, 1 cannot start, 70 the log failed.
 */
import { NestFactory } from '@nestjs/core';
import { ReplogError } from '@replog/contracts/errors.js';
import type { Role } from '@replog/contracts/http.js';
import { DataDirectoryError } from '@replog/log-store/data-directory.js';
import { NewerVersionError } from '@replog/log-store/newer-version.js';
import { isLack, lackError } from '@replog/log-store/shared/lack.js';
import { DamagedFileError } from '@replog/log-store/shared/checked-json.js';
import { ConfigError } from '@replog/runtime/config/config-error.js';
import { NodeConfig } from '@replog/runtime/config/node-config.js';
import { NodeConfigModule } from '@replog/runtime/config/node-config.module.js';
import { NodeHost } from './host/node-host.js';
import { openNode } from './host/open-node.js';

const EXIT = { ok: 0, cannotStart: 1, failed: 70, config: ConfigError.exitCode } as const;

/** `firstRole` overrides SERVER_TYPE. */
export async function runNode(firstRole?: Role): Promise<void> {
  try {
    await start(await readConfig(firstRole));
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`);
    process.exit(error instanceof ConfigError ? EXIT.config : EXIT.cannotStart);
  }
}

/** Reads the configuration in a small application: the node's own is created after its data directory is open. */
async function readConfig(firstRole?: Role): Promise<NodeConfig> {
  const options = { logger: false, abortOnError: false } as const;
  const application = await NestFactory.createApplicationContext(
    await NodeConfigModule.forRoot({ firstRole }),
    options,
  );
  try {
    return application.get(NodeConfig);
  } finally {
    await application.close();
  }
}

async function start(config: NodeConfig): Promise<void> {
  const opened = await openNode(config);
  const { logger } = opened.context;
  const host = new NodeHost(opened, (error) => {
    logger.fatal({ err: error }, 'fatal error: the node stops');
    process.exit(EXIT.failed);
  });
  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(EXIT.cannotStart);
    isStopping = true;
    logger.info({ signal }, 'stopping');
    void host.stop().then(
      () => process.exit(EXIT.ok),
      (error: unknown) => {
        logger.fatal({ err: error }, 'the node did not stop cleanly');
        process.exit(EXIT.failed);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  await host.start();
}

/** One sentence for the common errors of a start; the full error for the others. */
function sentenceOf(error: unknown): string {
  const said = [ConfigError, DataDirectoryError, DamagedFileError, NewerVersionError];
  if (said.some((kind) => error instanceof kind)) return (error as Error).message;
  if (error instanceof ReplogError) return error.message;
  if (!(error instanceof Error)) return String(error);
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === 'EADDRINUSE') {
    return `Port ${port} is in use: stop what listens there, or choose another (MASTER_PORT, SECONDARY_PORT).`;
  }
  if (code === 'EACCES' && port !== undefined)
    return `Port ${port} may not be opened by this user: choose one above 1023.`;
  if (code === 'EADDRNOTAVAIL') return `${address} is no address of this machine: set HOST to one, or leave it out.`;
  if (code === 'ENOSPC') return `The disk is full: the node needs room for its first segment (SEGMENT_BYTES).`;
  if (isLack(error)) return lackError(error).message;
  return error.stack ?? error.message;
}
