/** What only nodes may say: without a token, with a wrong one, and garbage with a right one. */
import { APPEND_HEADER_BYTES, encodeFrame, FrameType } from '@replog/contracts/frames.js';
import { HEADERS, SERVICE_ROUTES } from '@replog/contracts/http.js';
import { PROTOCOL_VERSION } from '@replog/contracts/protocol.js';
import { API_KEY } from '../../support/cluster.js';
import { head, JSON_LINE, request } from '../attack.js';
import type { Attack, Input } from '../attack.js';

const UPGRADE =
  'connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

/** Upgrades to what is not there, and wrong handshakes. */
export const upgrades: Input = async (attack) => {
  const lines = attack.oneOf([
    UPGRADE,
    'connection: Upgrade\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n',
    'connection: Upgrade\r\nupgrade: websocket\r\n',
    UPGRADE.replace('13', '7'),
    UPGRADE.replace('==', ''),
    UPGRADE.replace('websocket', 'websocket, h2c'),
    `${UPGRADE}content-length: 5\r\n`,
    `${UPGRADE}sec-websocket-extensions: permessage-deflate; server_max_window_bits=99\r\n`,
  ]);
  const credential = attack.oneOf(['', `x-token: ${API_KEY}\r\n`, 'authorization: Bearer a.b.c\r\n', forged(attack)]);
  const path = attack.oneOf([
    '/',
    '/replication',
    '/messages',
    '/nowhere',
    '/docs',
    'http://',
    '//',
    '/replication?x=%',
  ]);
  const text = `${head({ method: 'GET', path, withKey: false, lines: `${lines}${credential}` })}\r\n`;
  const connection = attack.connect().ask(text);
  if (attack.isLucky(0.3)) connection.send(attack.bytes(50));
  await connection.halfClose().answered(1);
};

/** A true token, with another signature. */
function forged({ target }: Attack): string {
  return `authorization: Bearer ${target.serviceToken.slice(0, -3)}abc\r\n`;
}

function trusted({ target }: Attack): string {
  return (
    `authorization: Bearer ${target.serviceToken}\r\n${HEADERS.protocol}: ${PROTOCOL_VERSION}\r\n` +
    `${HEADERS.cluster}: ${target.clusterId}\r\n`
  );
}

const JSON_GARBAGE = [
  ...['null', '[]', '{}', '1', '"x"', '{', '', '{"nodeId":null}', '{"nodeId":{}}', '{"nodeId":"","url":1}'],
  ...[
    '{"nodeId":"stranger"}',
    '{"nodeId":"stranger","url":"http://"}',
    '{"epoch":1e999}',
    '{"epoch":-1}',
    '{"epoch":"1"}',
  ],
  ...['{"candidate":[],"epoch":{},"clusterId":7}', '{"__proto__":{"nodeId":"x"}}', '{"from":null,"to":null}'],
];

/** Every route between nodes, with a token and a body that means nothing. */
export const garbageForNodes: Input = async (attack) => {
  const path = attack.oneOf(Object.values(SERVICE_ROUTES).filter((route) => route !== SERVICE_ROUTES.link));
  const query = attack.oneOf([
    '',
    '',
    '?index=-1',
    '?index=x',
    '?from=1e9&to=0',
    '?after=99999999999999999999',
    '?%=%',
  ]);
  const lines = `${attack.isLucky(0.8) ? trusted(attack) : ''}${JSON_LINE}`;
  const method = attack.oneOf(['GET', 'POST']);
  const body = method === 'GET' ? '' : attack.oneOf(JSON_GARBAGE);
  await attack
    .connect()
    .ask(request(body, { method, path: `${path}${query}`, withKey: false, lines }))
    .answered(1);
};

/** A link of a stranger with a true token, and frames that mean nothing. */
export const garbageFrames: Input = async (attack) => {
  const text = `${head({ method: 'GET', path: SERVICE_ROUTES.link, withKey: false, lines: UPGRADE + trusted(attack) })}\r\n`;
  const connection = await attack.connect().ask(text).answered(1);
  // The master takes no link; a secondary does.
  if (connection.answers[0]?.status !== 101) return;
  for (let number = attack.between(1, 5); number > 0; number--) connection.send(anyFrame(attack));
  if (attack.isLucky()) connection.halfClose();
  else connection.leave(attack.isLucky());
  await connection.closed();
};

function anyFrame(attack: Attack): Buffer {
  const position = { index: attack.between(0, 1e9), epoch: 0, chain: attack.between(0, 1e9) };
  return attack.oneOf([
    () => webSocketFrame(2, attack.bytes(attack.between(0, 300))),
    () => webSocketFrame(2, Buffer.concat([Buffer.of(attack.between(0, 9), PROTOCOL_VERSION), attack.bytes(100)])),
    () => webSocketFrame(2, Buffer.of(FrameType.Append, PROTOCOL_VERSION, ...attack.bytes(APPEND_HEADER_BYTES - 3))),
    () => webSocketFrame(2, Buffer.of(FrameType.Append, attack.between(0, 255))),
    () => {
      const records = attack.bytes(attack.between(0, 500));
      const round = attack.between(0, 9);
      // Of no epoch that was: whoever holds a token and a newer epoch is a master, and may say so.
      return webSocketFrame(
        2,
        encodeFrame({ type: FrameType.Append, epoch: 0, round, previous: position, committed: 2 ** 50, records }),
      );
    },
    () =>
      webSocketFrame(2, Buffer.concat([Buffer.of(FrameType.Probe, PROTOCOL_VERSION), Buffer.from('{"index":null}')])),
    () => webSocketFrame(2, Buffer.concat([Buffer.of(FrameType.Hello, PROTOCOL_VERSION), Buffer.from('[[[[')])),
    () => webSocketFrame(1, Buffer.from('{"text":"is no frame"}')),
    () => webSocketFrame(1, Buffer.of(0xff, 0xfe)),
    () => webSocketFrame(9, attack.bytes(125)),
    () => webSocketFrame(8, Buffer.of(0x03)),
    () => webSocketFrame(3, attack.bytes(4)),
    () => webSocketFrame(0, attack.bytes(4)),
    // A length of exabytes, one without a mask, and no frame at all.
    () => Buffer.concat([Buffer.of(0x82, 0xff), Buffer.alloc(8, 0x7f)]),
    () => Buffer.concat([Buffer.of(0x82, 5), attack.bytes(5)]),
    () => attack.bytes(200),
  ])();
}

/** As a client sends it, with a mask of zeros: the bytes stay as they are. */
function webSocketFrame(opcode: number, payload: Buffer): Buffer {
  const mask = Buffer.alloc(4);
  if (payload.length < 126) return Buffer.concat([Buffer.of(0x80 | opcode, 0x80 | payload.length), mask, payload]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(payload.length);
  return Buffer.concat([Buffer.of(0x80 | opcode, 0x80 | 126), length, mask, payload]);
}
