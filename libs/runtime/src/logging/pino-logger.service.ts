import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** What Nest logs about its own start matters only when searching for a fault. */
const CHATTY = new Set(['InstanceLoader', 'NestApplication', 'NestFactory', 'RouterExplorer', 'RoutesResolver']);

/** The lines of Nest in the log of the node. By convention the last parameter of a call from Nest is the context. */
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
