import { describe, expect, it } from 'vitest';

import { createLogger } from './logger.js';
import { PinoLoggerService } from './pino-logger.service.js';

function record(): { lines: Record<string, unknown>[]; logger: ReturnType<typeof createLogger> } {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return { lines, logger: createLogger({ logLevel: 'info', logFormat: 'json', nodeId: 'm1' }, { write }) };
}

describe('the log of a node', () => {
  it('is one JSON line each, with the level as a word and the node', () => {
    const { lines, logger } = record();
    logger.info({ epoch: 3 }, 'elected');
    expect(lines).toMatchObject([{ level: 'info', node: 'm1', epoch: 3, msg: 'elected' }]);
  });

  it('shows no secret, wherever it is passed in', () => {
    const { lines, logger } = record();
    const headers = { 'x-token': 'hush', authorization: 'Bearer hush', accept: '*/*' };
    const config = { apiKey: 'hush', adminApiKey: 'hush', clusterKey: 'hush', host: 'h' };
    logger.info({ headers, config, request: { headers }, apiKey: 'hush', 'x-token': 'hush' }, 'line');
    expect(JSON.stringify(lines)).not.toContain('hush');
    expect(JSON.stringify(lines)).toContain('*/*');
  });

  it('logs the lines of Nest with their context, and its start messages only at debug', () => {
    const { lines, logger } = record();
    const service = new PinoLoggerService(logger);
    service.log('AppModule dependencies initialized', 'InstanceLoader');
    service.error('it broke', 'Error: it broke\n    at x', 'Somewhere');
    service.warn(new Error('odd'), 'Elsewhere');
    expect(lines).toMatchObject([
      { level: 'error', context: 'Somewhere', msg: 'it broke', stack: expect.stringContaining('at x') as string },
      { level: 'warn', context: 'Elsewhere', msg: 'odd', err: { message: 'odd' } },
    ]);
  });
});
