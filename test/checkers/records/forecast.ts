/**
 * Does a promotion do what its forecast said? Asked only if nothing came in between. The winning log, the records
 * beyond it and the unreachable members are compared with the logs at the time, and with the new master's first log.
 */
import type { PromotionView } from '@replog/contracts/views.js';
import { BrokenRule } from './broken-rule.js';
import type { StoredRecord } from './stored-record.js';

export interface PromotionOutcome {
  readonly view: PromotionView;
  /** What the new master began with. */
  readonly history: readonly StoredRecord[];
  /** The log of every member that was in reach, by its name, when the forecast was made. */
  readonly logs: ReadonlyMap<string, readonly StoredRecord[]>;
  /** Members that were out of reach. */
  readonly unreachable: readonly string[];
}

export function checkForecast(forecast: PromotionView, { view, history, logs, unreachable }: PromotionOutcome): void {
  const { mostAdvanced } = forecast;
  const last = history.at(-1);
  const orphaned = [...logs].flatMap(([nodeId, records]) => beyond(nodeId, records, history));
  same('master', forecast.nodeId, view.nodeId);
  same('who transfers its term', forecast.transfer?.nodeId ?? 'nobody', view.transfer?.nodeId ?? 'nobody');
  same('the end of the log', ending(mostAdvanced.lastIndex, mostAdvanced.lastEpoch), ending(last?.index, last?.epoch));
  same('whose log it is', logs.get(mostAdvanced.nodeId)?.at(-1)?.chain, last?.chain);
  same('what is orphaned', tails(forecast.orphaned), tails(orphaned));
  same('who is unreachable', names(forecast.unreachable.map(({ nodeId }) => nodeId)), names(unreachable));
}

function same(what: string, forecast: string | number | undefined, outcome: string | number | undefined): void {
  if (forecast === outcome) return;
  const sentence = `the forecast of a promotion and its outcome differ in ${what}: ${forecast} and ${outcome}`;
  throw new BrokenRule('forecast', sentence);
}

function ending(index = 0, epoch = 0): string {
  return `record ${index} of epoch ${epoch}`;
}

/** What `nodeId` holds that is not in the history. */
function beyond(
  nodeId: string,
  records: readonly StoredRecord[],
  history: readonly StoredRecord[],
): PromotionView['orphaned'][number][] {
  const parts = records.findIndex(({ chain }, place) => history[place]?.chain !== chain);
  return parts < 0 ? [] : [{ nodeId, afterIndex: parts, records: records.length - parts }];
}

function tails(orphaned: PromotionView['orphaned']): string {
  const said = orphaned.map(({ nodeId, afterIndex, records }) => `${records} after ${afterIndex} on ${nodeId}`);
  return said.sort().join(', ') || 'nothing';
}

function names(all: readonly string[]): string {
  return [...all].sort().join(' ') || 'nobody';
}
