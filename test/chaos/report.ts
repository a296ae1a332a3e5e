/** What a run did and found, as Markdown and as a few lines for the terminal. */
import { reasonOf } from './cluster/master-watch.js';
import type { ChaosResult } from './result.js';
import type { Pauses } from './judging/pauses.js';
import type { PartitionKind } from './network/network.js';

const SHOWN = 20;
const PARTED_BY: Record<PartitionKind, string> = {
  namespaces: 'routes between network namespaces',
  proxies: 'proxies between them',
};

export function summaryOf(result: ChaosResult): string[] {
  const { writes, violations, plan, pauses, seconds } = result;
  const count = (outcome: string): number => writes.filter((write) => write.outcome === outcome).length;
  const done = [...result.tallies.values()].reduce((sum, tally) => sum + tally.done, 0);
  return [
    `seed ${plan.seed}, ${plan.nodes} nodes, ${seconds.toFixed(0)} s: ${done} faults, ${result.masters.length} terms of a master, ${unexplainedOf(result)} without a reason`,
    `nodes are parted by ${PARTED_BY[plan.partitions]}${plan.whyNoNamespaces === null ? '' : `, as ${plan.whyNoNamespaces}`}`,
    `${writes.length} writes: ${count('satisfied')} satisfied, ${count('pending')} pending, ` +
      `${count('rejected')} rejected, ${count('unknown')} unknown`,
    `${result.orphaned} messages set aside as orphans, ${result.reappended} stored again in the end`,
    `pause of writes: transfer ${textOf(pauses.transfer)}; failover after a kill ${textOf(pauses.failover)}`,
    violations.length === 0
      ? 'lost: nothing; doubled: nothing; diverged: nothing'
      : `${violations.length} violations, the first: ${violations[0]?.sentence}`,
  ];
}

/** Changes of master for which no node gives a reason. */
export function unexplainedOf({ masters }: Pick<ChaosResult, 'masters'>): number {
  return masters.filter(({ cause }) => cause === null).length;
}

export function reportOf(result: ChaosResult): string {
  const { tallies, skipped, violations, plan, reads, statuses } = result;
  return [
    `# Chaos on real processes: seed ${plan.seed}`,
    '',
    ...summaryOf(result).map((line) => `- ${line}`),
    '',
    '## Faults',
    '',
    '| fault | done | left out |',
    '| --- | ---: | --- |',
    ...[...tallies].map(([kind, { done, left }]) => {
      const reasons = [...left].map(([reason, times]) => `${times} × ${reason}`).join('; ');
      return `| ${kind} | ${done} | ${reasons} |`;
    }),
    ...skipped.map((reason) => `\nSkipped: ${reason}.`),
    '',
    '## Masters',
    '',
    'Every term that was seen, why it began, and how long no write was acknowledged around its beginning.',
    '',
    '| epoch | master | why | gap in ms |',
    '| ---: | --- | --- | ---: |',
    ...result.masters.map((one) => `| ${one.epoch} | ${one.nodeId} | ${reasonOf(one)} | ${one.gapMs} |`),
    '',
    '## Clients',
    '',
    ...tableOf('answer to a write', statuses),
    '',
    ...tableOf('read', reads),
    '',
    `Live tails were resumed ${result.tailsResumed} times.`,
    '',
    '## Violations',
    '',
    violations.length === 0 ? 'None.' : '',
    ...violations.slice(0, SHOWN).map(({ kind, sentence }) => `- ${kind}: ${sentence}`),
    ...(violations.length > SHOWN ? [`- … and ${violations.length - SHOWN} more`] : []),
    '',
    '## What was done',
    '',
    '```',
    ...result.trace,
    '```',
    '',
  ].join('\n');
}

function tableOf(head: string, counts: ReadonlyMap<number | string, number>): string[] {
  const rows = [...counts].sort(([one], [other]) => String(one).localeCompare(String(other)));
  return [`| ${head} | times |`, '| --- | ---: |', ...rows.map(([what, times]) => `| ${what} | ${times} |`)];
}

function textOf({ clean, all }: { readonly clean: Pauses; readonly all: Pauses }): string {
  const figures = ({ count, medianMs, maxMs }: Pauses): string =>
    count === 0 ? 'none' : `median ${medianMs?.toFixed(0)} ms, max ${maxMs?.toFixed(0)} ms of ${count}`;
  return `${figures(clean)} undisturbed (${figures(all)} in all)`;
}
