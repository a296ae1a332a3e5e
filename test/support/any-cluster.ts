/** A master and any number of secondaries, whether they run as processes or in the test's own process. */
import type { MessageView } from '@replog/contracts/views.js';
import { eventually } from './eventually.js';
import type { NodeClient } from './node-client.js';

/** A process takes a second of a processor to start, and a busy machine many to give it that. */
const STARTING = { withinMs: 45_000 };

interface Node {
  readonly nodeId: string;
  readonly client: NodeClient;
}

export abstract class AnyCluster<Member extends Node> {
  abstract readonly master: Member;
  abstract readonly secondaries: readonly Member[];

  get nodes(): readonly Member[] {
    return [this.master, ...this.secondaries];
  }

  async ready(node: Member): Promise<void> {
    await eventually(`${node.nodeId} is ready`, () => node.client.isReady(), STARTING);
  }

  /** Every secondary that was added is a HEALTHY member, and everybody knows it. */
  async allMembers(): Promise<void> {
    for (const secondary of this.secondaries) await this.inState(secondary, 'HEALTHY');
  }

  async inState(secondary: Member, state: string): Promise<void> {
    await eventually(
      `${secondary.nodeId} is ${state}`,
      async () => {
        const members = await this.master.client.secondaries();
        return members.some((member) => member.nodeId === secondary.nodeId && member.state === state);
      },
      STARTING,
    );
  }

  /** All nodes hold the same messages, in the same order. Answers them. */
  async agree(): Promise<readonly MessageView[]> {
    return eventually('all nodes hold the same messages', async () => {
      const lists = await Promise.all(this.nodes.map((node) => node.client.messages()));
      const texts = lists.map((list) => JSON.stringify(list));
      return texts.every((text) => text === texts[0]) ? lists[0] : undefined;
    });
  }
}
