/** Listens in on the nodes of a story and tells what they write, sync, say to each other and become. */
import { decodeFrame } from '@replog/contracts/decode-frame.js';
import { FrameType } from '@replog/contracts/frames.js';
import { RecordKind, eachRecord } from '@replog/contracts/record.js';
import type { AppendFrame } from '@replog/contracts/frames.js';
import type { EpochStart } from '@replog/contracts/payloads.js';
import type { LogRecord } from '@replog/contracts/record.js';
import type { LocalNode } from '@replog/cluster/node/local-node.js';
import type { Transport } from '@replog/cluster/peers/transport.port.js';
import type { Witness } from '../../simulation/cluster/witness.js';
import type { Happening } from './narrator.js';
import type { Incarnations } from './incarnations.js';
import { OverheardTransport } from './overheard-transport.js';
import { frameWords, recordWords } from './words.js';

/** What was last said over one direction of a link. */
interface Said {
  committed: number;
  epoch: number;
  acknowledged: number;
  /** The next acknowledgement answers a question and not records. */
  isAsked: boolean;
}

export class Listener implements Witness {
  private readonly said = new Map<string, Said>();

  constructor(
    private readonly tell: (happening: Happening) => void,
    private readonly incarnations: Incarnations,
  ) {}

  opened(name: string, node: LocalNode): void {
    this.incarnations.nameOf(node);
    this.hearWrites(name, node);
    this.hearState(name, node);
    node.onCommitted((index) => {
      if (node.term !== null) this.tell({ by: name, what: `committed up to ${index}` });
    });
  }

  frameSent(from: string, to: string, bytes: Buffer): void {
    const frame = decodeFrame(bytes);
    const there = this.saidOf(from, to);
    if (frame.type === FrameType.Hello) this.said.delete(`${from} ${to}`);
    if (frame.type === FrameType.Append) this.hearAppend(there, this.saidOf(to, from), frame);
    if (frame.type === FrameType.Ack) {
      const isRepeated = there.acknowledged === frame.index && there.epoch === frame.epoch && !there.isAsked;
      Object.assign(there, { acknowledged: frame.index, epoch: frame.epoch, isAsked: false });
      if (isRepeated) return;
    }
    this.tell({ by: from, to, what: frameWords(frame) });
  }

  transportOf(from: string, transport: Transport): Transport {
    return new OverheardTransport(from, transport, this.tell);
  }

  /** A frame without records that tells of nothing newly committed asks whether the other still follows. */
  private hearAppend(here: Said, back: Said, { records, committed }: AppendFrame): void {
    if (records.length === 0 && committed <= here.committed) back.isAsked = true;
    here.committed = committed;
  }

  private saidOf(from: string, to: string): Said {
    const key = `${from} ${to}`;
    const said = this.said.get(key) ?? { committed: 0, epoch: 0, acknowledged: -1, isAsked: false };
    this.said.set(key, said);
    return said;
  }

  /** A record's text is told where it comes into being; those who copy it are told of when it is durable. */
  private hearWrites(name: string, node: LocalNode): void {
    const { store } = node;
    const append = store.append.bind(store);
    let synced = 0;
    store.append = (block) => {
      const records = [...eachRecord(block)];
      append(block);
      // After a cut an index comes a second time.
      synced = Math.min(synced, (records[0]?.index ?? 1) - 1);
      const isOwn = node.term !== null || isOwnStart(records[0], node);
      for (const record of isOwn ? records : []) this.tell({ by: name, what: `writes ${this.wordsOf(record)}` });
    };
    store.onDurable(({ index }) => {
      if (index === synced) return;
      synced = index;
      this.tell({ by: name, what: `synced up to ${index}` });
    });
  }

  private hearState(name: string, { state }: LocalNode): void {
    const save = state.save.bind(state);
    state.save = async (changes) => {
      await save(changes);
      const { promised, incarnation } = changes;
      if (promised) this.tell({ by: name, what: `synced its vote for ${promised.to} in epoch ${promised.epoch}` });
      if (incarnation === undefined) return;
      this.tell({ by: name, what: `is ${this.incarnations.nameOf({ nodeId: name, incarnation })} from now on` });
    };
  }

  private wordsOf({ payload, index, ...record }: LogRecord): string {
    return `${index}: ${recordWords({ ...record, text: payload.toString() }, this.incarnations)}`;
  }
}

function isOwnStart(record: LogRecord | undefined, node: LocalNode): boolean {
  if (record?.kind !== RecordKind.EpochStart || record.epoch !== node.epoch) return false;
  return (JSON.parse(record.payload.toString()) as EpochStart).master === node.nodeId;
}
