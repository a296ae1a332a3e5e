import type { Command } from '../stage/command.js';
import type { Stage } from '../stage/stage.js';

/** Does what a command asks for. What it answers, if anything, stands below what happened meanwhile. */
export type Action = (stage: Stage, command: Command) => Promise<readonly string[] | void> | readonly string[] | void;

export type Actions = Readonly<Record<string, Action>>;

/** Begins something, and lets time go by until it is done, unless the command ends in `&`. */
export function inTime(begin: (stage: Stage, command: Command) => Promise<void>): Action {
  return async (stage, command) => {
    const work = begin(stage, command);
    if (command.isBackground) stage.inBackground(work);
    else await stage.finish(work);
  };
}
