import type { Action } from './action.js';
import { CLIENT_COMMANDS } from './clients.js';
import { MACHINE_COMMANDS } from './machines.js';
import { OPERATOR_COMMANDS } from './operator.js';
import { ORPHAN_COMMANDS } from './orphans.js';
import { TIME_COMMANDS } from './time.js';
import { VIEW_COMMANDS } from './views.js';

export const COMMANDS: ReadonlyMap<string, Action> = new Map(
  Object.entries({
    ...TIME_COMMANDS,
    ...MACHINE_COMMANDS,
    ...CLIENT_COMMANDS,
    ...OPERATOR_COMMANDS,
    ...ORPHAN_COMMANDS,
    ...VIEW_COMMANDS,
  }),
);
