export interface ConfigFault {
  readonly variable: string;
  /** The value; for a secret a description without it. */
  readonly found: string;
  readonly allowed: string;
}

/**
 * Everything that is wrong with the environment, in one message. `runNode` and `npm start` print it and exit with 78.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  static readonly exitCode = 78;

  constructor(
    readonly faults: readonly ConfigFault[],
    /** Sentences that may explain a fault: a missing variable is often set under a mistyped name. */
    readonly hints: readonly string[] = [],
  ) {
    const lines = faults.map(({ variable, found, allowed }) => `  ${variable} is ${found}; allowed: ${allowed}`);
    const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
    super([`The configuration has ${count}:`, ...lines, ...hints].join('\n'));
  }
}
