/** Finds the last record that this log and a secondary's share, by asking for the secondary's chain where needed. */
import { FrameType, encodeFrame } from '@replog/contracts/frames.js';
import { LOG_START } from '@replog/contracts/record.js';
import type { LogPosition } from '@replog/contracts/record.js';
import { CommonPointSearch } from '@replog/core/link/common-point.js';
import type { LogStore } from '@replog/log-store/log-store.port.js';
import type { LinkSocket } from '@replog/cluster/peers/transport.port.js';
import type { FrameInbox } from './frame-inbox.js';

export async function findCommonPosition(
  store: LogStore,
  theirLast: LogPosition,
  socket: LinkSocket,
  inbox: FrameInbox,
): Promise<LogPosition> {
  const search = new CommonPointSearch(0, Math.min(theirLast.index, store.last.index));
  for (let index = search.question; index !== null; index = search.question) {
    const ours = await store.positionAt(index);
    const theirs = index === theirLast.index ? theirLast : await ask(index, socket, inbox);
    search.answer(
      index,
      ours !== null && theirs !== null && ours.chain === theirs.chain && ours.epoch === theirs.epoch,
    );
  }
  return (await store.positionAt(search.commonIndex)) ?? LOG_START;
}

async function ask(index: number, socket: LinkSocket, inbox: FrameInbox): Promise<LogPosition | null> {
  socket.send(encodeFrame({ type: FrameType.Probe, index }));
  const frame = await inbox.next();
  if (frame.type !== FrameType.Position || frame.index !== index)
    throw new Error('a probe was answered by another frame');
  return frame.position;
}
