export interface ConfigFault {
  readonly variable: string;
  /** What it was; a secret is never shown. */
  readonly found: string;
  readonly allowed: string;
}

/** Everything that is wrong with the environment, at once. Who starts the process prints it and exits with 78. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  static readonly exitCode = 78;

  constructor(readonly faults: readonly ConfigFault[]) {
    const lines = faults.map(({ variable, found, allowed }) => `  ${variable} is ${found}; allowed: ${allowed}`);
    const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
    super(`The configuration has ${count}:\n${lines.join('\n')}`);
  }
}
