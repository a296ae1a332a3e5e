/** One class for each code of the table: `error instanceof errors.NoQuorum`. */
import { ERROR_TABLE } from './error-table.js';
import type { ErrorCode } from './error-table.js';
import { HistoryChanged, KeyReused, OutcomeUnknown, Unreachable } from './own-errors.js';
import type { Problem } from './problem.js';
import { ReplogError } from './replog-error.js';

/** `NO_QUORUM` becomes `NoQuorum`. */
type ClassName<Code extends string> = Code extends `${infer Word}_${infer Rest}`
  ? `${Capitalize<Lowercase<Word>>}${ClassName<Rest>}`
  : Capitalize<Lowercase<Code>>;

type ErrorClass<Code extends string> = new (
  problem: Problem,
  options?: ErrorOptions,
) => ReplogError & { readonly code: Code };

const OWN = { HISTORY_CHANGED: HistoryChanged, KEY_REUSED: KeyReused, OUTCOME_UNKNOWN: OutcomeUnknown } as const;

type Own = typeof OWN;

export type ErrorClasses = {
  readonly [Code in ErrorCode as ClassName<Code>]: Code extends keyof Own ? Own[Code] : ErrorClass<Code>;
} & { readonly Unreachable: typeof Unreachable };

const byCode = new Map<string, new (problem: Problem, options?: ErrorOptions) => ReplogError>(
  Object.keys(ERROR_TABLE).map((code) => [code, (OWN as Partial<Record<string, Own[keyof Own]>>)[code] ?? made(code)]),
);

export const errors = {
  ...Object.fromEntries([...byCode].map(([code, type]) => [classNameOf(code), type])),
  Unreachable,
} as unknown as ErrorClasses;

/** The error for what a node said. A code that is not in the table, as of a newer build, gives a plain `ReplogError`. */
export function errorOf(problem: Problem, options?: ErrorOptions): ReplogError {
  return new (byCode.get(problem.code) ?? ReplogError)(problem, options);
}

function classNameOf(code: string): string {
  return code
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');
}

function made(code: string): typeof ReplogError {
  const name = classNameOf(code);
  // A computed name becomes the name of the class, and so of its errors.
  return { [name]: class extends ReplogError {} }[name] as typeof ReplogError;
}
