/** The errors that say more than a code: their fields are typed. */
import { BEGINNING, placeText } from '../place.js';
import type { Place } from '../place.js';
import type { Problem } from './problem.js';
import { ReplogError } from './replog-error.js';

/**
 * A change of master replaced messages that you have, or the log was restored from a backup. Undo what you did with the messages
 * after `shared`, and go on from there.
 */
export class HistoryChanged extends ReplogError {
  declare readonly code: 'HISTORY_CHANGED';
  /** The place you had: the log no longer has it. */
  readonly held: Place;
  /** The last place that both histories have. */
  readonly shared: Place;
  /** Where the node that answered keeps what was replaced; `null` if it does not. */
  readonly orphanSet: string | null;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem, options);
    this.held = asPlace(problem);
    this.shared = asPlace(problem['shared']);
    this.orphanSet = typeof problem['orphanSet'] === 'string' ? problem['orphanSet'] : null;
  }

  static between(held: Place, shared: Place, cause: HistoryChanged): HistoryChanged {
    const detail =
      `The log no longer has message ${held.seq} of epoch ${held.epoch}. ` +
      `Undo what came after ${placeText(shared)}, the last place that both histories have, and go on from there.`;
    return new HistoryChanged({ ...cause.problem, ...held, detail, shared }, { cause });
  }
}

/** The idempotency key belongs to another message. Nothing was appended. */
export class KeyReused extends ReplogError {
  declare readonly code: 'KEY_REUSED';
  /** The message that has the key. */
  readonly place: Place;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem, options);
    this.place = asPlace(problem);
  }
}

/**
 * Nobody could say in time whether the message is in the log. Append it again under the same key, or ask `receipt(key)`: neither
 * appends it twice.
 */
export class OutcomeUnknown extends ReplogError {
  declare readonly code: 'OUTCOME_UNKNOWN';
}

/** No node answered. Nothing was done. */
export class Unreachable extends ReplogError {
  declare readonly code: 'UNREACHABLE';

  static after(tried: string, options?: ErrorOptions): Unreachable {
    const detail = `${tried} Check the addresses of the nodes, and whether they run.`;
    return new Unreachable({ status: 0, code: 'UNREACHABLE', detail, retriable: true }, options);
  }
}

function asPlace(value: unknown): Place {
  const { seq, epoch } = (value ?? {}) as Partial<Place>;
  return typeof seq === 'number' && typeof epoch === 'number' ? { seq, epoch } : BEGINNING;
}
