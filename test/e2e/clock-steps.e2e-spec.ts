import { afterEach, describe, expect, it } from 'vitest';
import type { Problem } from '@replog/contracts/errors.js';
import type { Receipt } from '@replog/contracts/views.js';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { statesOf } from '../support/log-lines.js';
import type { Answer } from '../support/node-client.js';
import type { NodeProcess } from '../support/node-process.js';
import { promote } from '../support/operator.js';
import { SteppingClock } from '../support/stepping-clock.js';

const HOUR_MS = 3_600_000;
/** Enough that every node has been asked with a token from after the step. */
const PINGS = 8;

/** One after another. A clock stays where it was set until it is named again. */
const STEPS = [
  { what: 'every node an hour on, as after a sleep', nodes: ['master', 'secondary-1', 'secondary-2'], stepMs: HOUR_MS },
  { what: 'every node an hour back', nodes: ['master', 'secondary-1', 'secondary-2'], stepMs: -HOUR_MS },
  { what: 'the master alone an hour on', nodes: ['master'], stepMs: HOUR_MS },
  { what: 'the master alone an hour back', nodes: ['master'], stepMs: -HOUR_MS },
  { what: 'a secondary alone an hour on', nodes: ['secondary-1'], stepMs: HOUR_MS },
  { what: 'a secondary alone an hour back', nodes: ['secondary-1'], stepMs: -HOUR_MS },
];

let cluster: Cluster | undefined;
afterEach(async () => cluster?.end());

async function pingsAnswered({ client }: NodeProcess): Promise<number> {
  const text = (await client.get<string>('/metrics')).body;
  const line = /^replog_http_requests_total\{[^}]*route="\/replication\/ping"[^}]*status="200"[^}]*\} (\d+)$/m;
  return Number(line.exec(text)?.[1] ?? 0);
}

describe('a wall clock that steps', () => {
  it('costs no availability, whoever it steps for and whichever way', async () => {
    const running = await Cluster.prepare();
    cluster = running;
    await running.addSecondary();
    await running.addSecondary();
    const clocks = running.nodes.map((node) => SteppingClock.in(running.root, node.nodeId));
    running.nodes.forEach((node, place) => node.start(clocks[place]!.environment));
    await running.allMembers();
    const { client } = running.master;
    const answers: Answer<Receipt & Problem>[] = [await client.append('before', 2)];
    const logged = running.master.output.length;

    for (const { what, nodes, stepMs } of STEPS) {
      running.nodes.forEach((node, place) => nodes.includes(node.nodeId) && clocks[place]!.step(stepMs));
      await Promise.all(
        running.secondaries.map(async (secondary) => {
          const before = await pingsAnswered(secondary);
          await eventually(`${what}: ${secondary.nodeId} has answered pings since`, async () => {
            answers.push(await client.append(what, 2, { timeoutMs: 20_000 }));
            return (await pingsAnswered(secondary)) >= before + PINGS;
          });
        }),
      );
    }
    expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
    const reasons = running.secondaries.flatMap(({ nodeId }) => statesOf(nodeId, running.master, logged));
    expect(reasons.filter((reason) => reason.includes('token'))).toEqual([]);

    // Everything that is opened anew needs a token as well.
    expect((await promote(running.secondaries[1]!)).status).toBe(200);
    const later = running.secondaries[1]!.client;
    await eventually('the former master follows', async () => (await later.append('later', 2)).status === 201);
    const timestamps = (await later.messages()).map(({ timestamp }) => timestamp);
    expect(timestamps).toEqual([...timestamps].sort());
  });
});
