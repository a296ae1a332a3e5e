/** Finds the last record that this log and a secondary's log share, by probing the secondary's chain. */
import { FrameType, encodeFrame } from '@replog/contracts/frames.js';
import { LOG_START } from '@replog/contracts/record.js';
import type { LogPosition } from '@replog/contracts/record.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import { commonIndex } from '@replog/cluster/peers/common-index.js';
import type { PositionAt } from '@replog/cluster/peers/common-index.js';
import type { LinkSocket } from '@replog/cluster/peers/transport.port.js';
import type { FrameInbox } from './frame-inbox.js';

export async function findCommonPosition(
  store: LogStore,
  theirLast: LogPosition,
  socket: LinkSocket,
  inbox: FrameInbox,
): Promise<LogPosition> {
  const ours: PositionAt = (index) => store.positionAt(index);
  const theirs: PositionAt = (index) =>
    index === theirLast.index ? Promise.resolve(theirLast) : ask(index, socket, inbox);
  const ceiling = Math.min(theirLast.index, store.last.index);
  const index = await commonIndex(ours, theirs, ceiling);
  return (await store.positionAt(index)) ?? LOG_START;
}

async function ask(index: number, socket: LinkSocket, inbox: FrameInbox): Promise<LogPosition | null> {
  socket.send(encodeFrame({ type: FrameType.Probe, index }));
  const frame = await inbox.next();
  if (frame.type !== FrameType.Position || frame.index !== index)
    throw new Error('a probe was answered by another frame');
  return frame.position;
}
