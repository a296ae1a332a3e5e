/** Every kind of hostile input, by the name it has in reports. */
import type { Input } from '../attack.js';
import { garbageForNodes, garbageFrames, upgrades } from './between-nodes.js';
import { deepNesting, encodedBody, expectations, giantLine, wrongJson, wrongKeys, wrongUtf8 } from './bodies.js';
import * as clients from './clients.js';
import * as framing from './framing.js';
import * as unread from './unread.js';

export const INPUTS: Readonly<Record<string, Input>> = {
  'broken request line': framing.brokenRequestLine,
  'random bytes': framing.randomBytes,
  'one byte wrong': framing.oneByteWrong,
  'broken chunks': framing.brokenChunks,
  'lengths in conflict': framing.lengthConflict,
  'header flood': framing.headerFlood,
  'strange parameters': framing.strangeParameters,
  'deep nesting': deepNesting,
  'giant line': giantLine,
  'wrong UTF-8': wrongUtf8,
  'wrong JSON': wrongJson,
  'encoded body': encodedBody,
  expectation: expectations,
  'wrong key': wrongKeys,
  'never complete': clients.neverComplete,
  'in small pieces': clients.inSmallPieces,
  'large body that stops': clients.largeBodyThatStops,
  pipeline: clients.pipeline,
  'pipeline and gone': clients.pipelineAndGone,
  'half closed': clients.halfClosed,
  'half closed too early': clients.halfClosedTooEarly,
  'gone too early': clients.goneTooEarly,
  'many connections': clients.manyConnections,
  'tail unread': unread.tailsUnread,
  'files unread': unread.filesUnread,
  'messages unread': unread.messagesUnread,
  'waits of gone clients': unread.waitsOfGoneClients,
  'receipts of gone clients': unread.receiptsOfGoneClients,
  'streamed write unread': unread.streamedWritesUnread,
  upgrade: upgrades,
  'garbage for nodes': garbageForNodes,
  'garbage frames': garbageFrames,
};
