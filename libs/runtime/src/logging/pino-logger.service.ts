import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** What Nest tells of its own start is for whoever looks for a fault in it. */
const CHATTY = new Set(['InstanceLoader', 'NestApplication', 'NestFactory', 'RouterExplorer', 'RoutesResolver']);

/** Nest's own lines in the node's log. The last parameter of Nest's calls is the context, by its convention. */
export class PinoLoggerService implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...parameters: unknown[]): void {
    const isChatty = CHATTY.has(String(parameters.at(-1)));
    this.write(isChatty ? 'debug' : 'info', message, parameters);
  }

  error(message: unknown, ...parameters: unknown[]): void {
    this.write('error', message, parameters);
  }

  warn(message: unknown, ...parameters: unknown[]): void {
    this.write('warn', message, parameters);
  }

  debug(message: unknown, ...parameters: unknown[]): void {
    this.write('debug', message, parameters);
  }

  verbose(message: unknown, ...parameters: unknown[]): void {
    this.write('trace', message, parameters);
  }

  fatal(message: unknown, ...parameters: unknown[]): void {
    this.write('fatal', message, parameters);
  }

  private write(
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal',
    message: unknown,
    parameters: unknown[],
  ): void {
    const context = typeof parameters.at(-1) === 'string' ? { context: parameters.at(-1) } : {};
    if (message instanceof Error) {
      this.logger[level]({ ...context, err: message }, message.message);
      return;
    }
    const stack = parameters.slice(0, -1).find((parameter) => typeof parameter === 'string');
    const fields = stack === undefined ? context : { ...context, stack };
    this.logger[level](fields, typeof message === 'string' ? message : JSON.stringify(message));
  }
}
