import type { DestinationStream, Logger, LoggerOptions } from 'pino';
import { pino, stdSerializers } from 'pino';
import { PinoPretty } from 'pino-pretty';

import type { NodeConfig } from '../config/node-config.js';
import { standardOutput } from './standard-output.js';

/** Fields whose value never reaches a log, at the top of a line, one level down, and among headers. */
const SECRET_FIELDS = ['apiKey', 'adminApiKey', 'clusterKey', 'clusterSecret', 'authorization', 'token', 'cookie'];

const REDACTED = [
  ...SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.headers.${field}`]),
  ...['["x-token"]', '*["x-token"]', '*.headers["x-token"]'],
];

/** The log of a node: one JSON line each, or a readable form. `destination` is for tests. */
export function createLogger(
  config: Pick<NodeConfig, 'logLevel' | 'logFormat' | 'nodeId'>,
  destination?: DestinationStream,
): Logger {
  const options: LoggerOptions = {
    level: config.logLevel,
    base: { node: config.nodeId },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
    serializers: { err: plainError },
    redact: { paths: REDACTED, censor: '[redacted]' },
  };
  if (destination) return pino(options, destination);
  const output = standardOutput((lines) =>
    logger.warn({ lines }, `${lines} lines of this log are lost: they could not be written`),
  );
  const isPretty = config.logFormat === 'pretty';
  const logger = pino(options, isPretty ? PinoPretty({ ignore: 'node,pid,hostname', destination: output }) : output);
  return logger;
}

/**
 * An error without the objects attached to it: a library may have put a whole request there, headers included, at a
 * depth that no list of paths covers.
 */
function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return Object.fromEntries(Object.entries(stdSerializers.err(error)).filter(([, value]) => typeof value !== 'object'));
}
