/** What all errors of the log have in common: a stable code, and a sentence that says what to do. */
import type { Problem } from './problem.js';

export class ReplogError extends Error {
  /** Stable: programs may decide by it. One of the table, or of a node of a newer build. */
  readonly code: string;
  /** The HTTP status; 0 where no answer came. */
  readonly status: number;
  /** The same call may succeed later. */
  readonly retriable: boolean;
  /** All that the node said, with the fields of the case. */
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.detail, options);
    this.name = new.target.name;
    this.code = problem.code;
    this.status = problem.status;
    this.retriable = problem.retriable;
    this.problem = problem;
  }
}
