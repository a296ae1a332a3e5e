/** What clients ask, and what they are told. A client follows the way to the master that a node names. */
import { ReplogError } from '@replog/contracts/errors.js';
import { MEDIA } from '@replog/contracts/http.js';
import type { AskedPlace } from '@replog/contracts/place.js';
import type { ReadConcern, Receipt, WriteConcern } from '@replog/contracts/views.js';
import { noTermHere } from '@replog/cluster/node/not-master.js';
import type { Door, MasterDoor } from '../../simulation/cluster/directory.js';
import type { SimulatedNode } from '../../simulation/cluster/simulated-node.js';
import type { Command } from '../stage/command.js';
import { isNoAnswer } from '../stage/stage.js';
import type { Stage } from '../stage/stage.js';
import { errorWords, receiptWords, shortened } from '../stage/words.js';
import { inTime } from './action.js';
import type { Actions } from './action.js';

const TIMEOUT_MS = 2_000;
/** A client waits a little longer than it lets the master wait. */
const PATIENCE_MS = 1_000;
const MAX_HOPS = 3;
const CLIENT = 'client';

export const CLIENT_COMMANDS: Actions = {
  /** `write "a" "b" wc=majority key=k1 timeout=500ms at=n1 size=3000 &`: one message after the other. */
  write: inTime(async (stage, command) => {
    for (const text of command.texts) await write(stage, command, text);
  }),
  /** `receipt seq=5 wc=2 timeout=1s`, `receipt seq=5 epoch=1 wc=2`, `receipt key=k1 wc=all`. */
  receipt: inTime(async (stage, command) => {
    const [seq, epoch, key] = ['seq', 'epoch', 'key'].map((name) => command.option(name));
    const { concern, timeoutMs } = optionsOf(command);
    await told(stage, command, timeoutMs, async (door) => {
      const { receipts } = masterOf(door).term.writes;
      const receipt = await (seq === undefined
        ? receipts.ofKey(key as string, concern, timeoutMs)
        : receipts.ofPlace(placeOf(seq, epoch), concern, timeoutMs));
      return receiptWords(receipt, true);
    });
  }),
  /** `read n2 concern=majority after=3`, `read n2 after=3 epoch=1`: at that node and nowhere else. */
  read: inTime(async (stage, command) => {
    const concern = (command.option('concern') ?? 'local') as ReadConcern;
    const after = placeOf(command.option('after') ?? '0', command.option('epoch'));
    const machine = stage.machine(command.words[0]);
    await toldBy(stage, machine, TIMEOUT_MS, (door) => read(stage, door, concern, after));
  }),
};

async function write(stage: Stage, command: Command, text: string): Promise<void> {
  const { concern, timeoutMs } = optionsOf(command);
  const key = command.option('key') ?? null;
  const payload = Buffer.from(JSON.stringify(text.padEnd(Number(command.option('size') ?? 0), '.')));
  const { cluster } = stage;
  await told(stage, command, timeoutMs, async (door) => {
    const receipt = await (
      await door.masterForWrite()
    ).term.writes.appends.append({ key, payload }, { concern, timeoutMs });
    cluster.guard(() => checkReceipt(stage, door, receipt));
    return receiptWords(receipt);
  });
}

function optionsOf(command: Command): { readonly concern: WriteConcern; readonly timeoutMs: number } {
  const wc = command.option('wc') ?? 'majority';
  const concern = wc === 'majority' || wc === 'all' ? wc : Number(wc);
  return { concern, timeoutMs: command.milliseconds('timeout', TIMEOUT_MS) };
}

function placeOf(seq: string, epoch: string | undefined): AskedPlace {
  return { seq: Number(seq), epoch: epoch === undefined ? null : Number(epoch) };
}

function masterOf({ master, node }: Door): MasterDoor {
  if (master === null) throw noTermHere(node);
  return master;
}

/** What the receipt says has to be so at this moment, on the disks of those it names. */
function checkReceipt({ cluster }: Stage, { node }: Door, { index, acks, outcome, writeConcern }: Receipt): void {
  const { nodeId } = node;
  const records = cluster.logOf(cluster.machine(nodeId)).all;
  const chain = records[index - 1]?.chain ?? 0;
  cluster.ledger.receipt(index, chain, acks, (acked) => cluster.logOf(cluster.machine(acked)).had(index, chain));
  const isMajority = writeConcern.copies * 2 > node.membership.members.length;
  if (outcome === 'satisfied' && isMajority) cluster.ledger.commit(`${nodeId}'s receipt`, { nodeId, records }, index);
}

async function read(stage: Stage, { reader }: Door, concern: ReadConcern, after: AskedPlace): Promise<string> {
  let text = '';
  const query = { format: MEDIA.ndjson, afterSeq: after.seq, afterEpoch: after.epoch, limit: 200, concern };
  for await (const piece of reader.read(query, new AbortController().signal)) text += piece.toString();
  const lines = text.split('\n').filter((line) => line !== '');
  const messages = lines.map((line) => JSON.parse(line) as { seq: number; message: unknown });
  if (concern !== 'local') {
    const shown = messages.map(({ seq, message }) => [seq, JSON.stringify(message)] as const);
    stage.cluster.guard(() => shown.forEach(([seq, message]) => stage.cluster.ledger.showed('a reader', seq, message)));
  }
  const list = messages.map(({ seq, message }) => `${seq} ${shortened(JSON.stringify(message))}`).join(', ');
  return `200: ${list === '' ? 'no messages' : list}`;
}

/** Asks the node that `at=` names, else the master, and goes on to where a node says that the master is. */
async function told(
  stage: Stage,
  command: Command,
  timeoutMs: number,
  ask: (door: Door) => Promise<string>,
): Promise<void> {
  const at = command.option('at');
  let machine = at === undefined ? (stage.master ?? stage.machine('n1')) : stage.machine(at);
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const next = await toldBy(stage, machine, timeoutMs, ask);
    if (next === null) return;
    machine = next;
  }
}

/** Answers where to go instead, if anywhere. */
async function toldBy(
  stage: Stage,
  machine: SimulatedNode,
  timeoutMs: number,
  ask: (door: Door) => Promise<string>,
): Promise<SimulatedNode | null> {
  const { name } = machine;
  try {
    const what = await stage.ask(machine, timeoutMs + PATIENCE_MS, ask);
    stage.tell({ by: name, to: CLIENT, what });
    return null;
  } catch (error) {
    if (isNoAnswer(error)) stage.tell({ by: CLIENT, what: `has no answer from ${name}` });
    else stage.tell({ by: name, to: CLIENT, what: errorWords(error) });
    const url = error instanceof ReplogError && error.code === 'NOT_MASTER' ? error.details.location : undefined;
    return stage.machines.find((other) => other.url === url && other !== machine) ?? null;
  }
}
