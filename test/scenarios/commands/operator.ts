/** What operators do: promote, take members out, and pause automatic failover. */
import type { PromotionView } from '@replog/contracts/views.js';
import type { Door } from '../../simulation/cluster/directory.js';
import { millisecondsOf } from '../stage/command.js';
import { isNoAnswer } from '../stage/stage.js';
import type { Stage } from '../stage/stage.js';
import { errorWords } from '../stage/words.js';
import { inTime } from './action.js';
import type { Actions } from './action.js';

const OPERATOR = 'operator';
const PATIENCE_MS = 20_000;
const MINUTE_MS = 60_000;

export const OPERATOR_COMMANDS: Actions = {
  /** `promote n2 dryRun`, `promote n3 force &`. */
  promote: inTime(async (stage, command) => {
    const machine = stage.machine(command.words[0]);
    const ask = (): Promise<PromotionView> =>
      machine.promote({ force: command.has('force'), dryRun: command.has('dryRun') });
    await told(stage, machine.name, async () => promotionWords(await ask()));
  }),
  /** `remove n3`: at the master, for good. */
  remove: inTime(async (stage, { words }) => {
    const master = stage.master ?? stage.machine('n1');
    await told(stage, master.name, async ({ master: door }) => {
      if (door === null) throw new Error('no master');
      await door.term.registry.removal.remove(words[0] as string);
      return `204: ${words[0]} is out`;
    });
  }),
  /** `failover pause 5m`, `failover resume`: at the master. */
  failover: inTime(async (stage, { words }) => {
    const master = stage.master ?? stage.machine('n1');
    const [what, time] = words;
    await told(stage, master.name, async ({ master: door }) => {
      if (door === null) throw new Error('no master');
      const { pause } = door.term.registry;
      const view = await (what === 'pause' ? pause.begin(millisecondsOf(time) / MINUTE_MS) : pause.end());
      return `200: ${view.why ?? 'failover is possible'}`;
    });
  }),
};

async function told(stage: Stage, name: string, ask: (door: Door) => Promise<string>): Promise<void> {
  try {
    const what = await stage.ask(stage.machine(name), PATIENCE_MS, ask);
    stage.tell({ by: name, to: OPERATOR, what });
  } catch (error) {
    if (isNoAnswer(error)) stage.tell({ by: OPERATOR, what: `has no answer from ${name}` });
    else stage.tell({ by: name, to: OPERATOR, what: errorWords(error) });
  }
}

function promotionWords(view: PromotionView): string {
  const { outcome, nodeId, epoch, transfer, mostAdvanced, orphaned, unreachable, mayBeLost } = view;
  const parts = [
    `200 ${outcome}: ${nodeId} in epoch ${epoch}`,
    `most advanced log ${mostAdvanced.nodeId} (${mostAdvanced.lastIndex} of epoch ${mostAdvanced.lastEpoch})`,
    ...(transfer === null ? [] : [`${transfer.nodeId} transfers its term`]),
    ...orphaned.map(({ nodeId: whose, afterIndex, records }) => `${whose} has ${records} orphans after ${afterIndex}`),
    ...(unreachable.length === 0 ? [] : [`not heard: ${unreachable.map((member) => member.nodeId).join(' ')}`]),
    ...(mayBeLost === null ? [] : [mayBeLost]),
  ];
  return parts.join('; ');
}
