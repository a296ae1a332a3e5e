/** A logger that writes sentences into the trace. */
import type { Logger } from 'pino';

export function quietLogger(say: (line: string) => void): Logger {
  const at =
    (level: string) =>
    (first: unknown, sentence?: string): void => {
      const error = typeof first === 'object' && first !== null && 'err' in first ? first.err : null;
      const cause = error === null ? '' : ` (${error instanceof Error ? error.message : String(error)})`;
      say(`${level}: ${typeof first === 'string' ? first : (sentence ?? '')}${cause}`);
    };
  const nothing = (): void => undefined;
  const logger: Partial<Record<keyof Logger, unknown>> = {
    fatal: at('fatal'),
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: nothing,
    trace: nothing,
  };
  return logger as unknown as Logger;
}
