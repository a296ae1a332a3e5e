/** How a story begins, and how time goes by in it. */
import { millisecondsOf } from '../stage/command.js';
import type { Stage } from '../stage/stage.js';
import type { Actions } from './action.js';

/** Every node has been pinged once more. */
const SETTLED_MS = 500;

export const TIME_COMMANDS: Actions = {
  /** `nodes 3`: n1 is started as master, the others join it; told of are only the members at last. `nodes 3 stopped`: none is started. `nodes 3 automatic`: with automatic failover, and `priorities=50,50,100` in the order of their names, or `delayed=n2` with a DELAY. */
  nodes: async (stage, command) => {
    const count = Number(command.words[0]);
    const priorities = command.option('priorities')?.split(',').map(Number) ?? [];
    const failover = command.has('automatic') ? 'auto' : 'manual';
    stage.build({ nodes: count, failover, priorities, delayed: command.option('delayed') ?? null });
    if (command.has('stopped')) return [];
    for (const machine of stage.machines) stage.cluster.start(machine, machine.name === 'n1' ? 'master' : 'secondary');
    await stage.runUntil(() => isWhole(stage, count), 'the membership of all nodes');
    await stage.run(SETTLED_MS);
    stage.narrator.take();
    const { committed, epoch } = stage.machine('n1').local ?? { committed: 0, epoch: 0 };
    const names = stage.machines.map(({ name }) => name).join(' ');
    return [`n1 is master in epoch ${epoch}; members ${names}; everything up to record ${committed} is committed`];
  },

  /** `run 2s`, or `run until "won the election"`: until a line with this text has been told. */
  run: async (stage, { words, texts }) => {
    const [text] = texts;
    if (text === undefined) await stage.run(millisecondsOf(words[0]));
    else await stage.runUntil(() => stage.narrator.hasTold(text), `"${text}"`);
  },

  /** `may-break durability`: from here on the checkers may find that rule broken, and say so in the story. */
  'may-break': (stage, { words }) => words.forEach((rule) => stage.mayBreak.add(rule)),
};

function isWhole({ machines }: Stage, count: number): boolean {
  const ends = machines.map(({ local }) => local?.store.last.index ?? 0);
  return machines.every(
    ({ local }) =>
      local?.membership.members.length === count && local.committed === ends[0] && local.store.last.index === ends[0],
  );
}
