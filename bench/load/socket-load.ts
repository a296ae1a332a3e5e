/**
 * Load for peers with their own protocol, and over HTTP if `wrk` is not installed: a process with many connections,
 * each with one request under way. Its one argument says what to do; it prints its result as one line of JSON.
 */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { latenciesOf } from '../measure/latencies.js';
import { httpProtocol } from './http-protocol.js';
import type { HttpRequest } from './http-protocol.js';
import type { LoadResult } from './load.js';
import { PROTOCOLS } from './protocols.js';
import type { ProtocolName } from './protocols.js';

export interface SocketLoad {
  readonly protocol: ProtocolName | HttpRequest;
  readonly port: number;
  readonly clients: number;
  readonly batch: number;
  readonly seconds: number;
}

const load = JSON.parse(process.argv[2] ?? '') as SocketLoad;
const protocol = typeof load.protocol === 'string' ? PROTOCOLS[load.protocol] : httpProtocol(load.protocol);
const microseconds: number[] = [];
let failures = 0;
let isOver = false;

const sockets = await Promise.all(Array.from({ length: load.clients }, () => opened()));
const startMs = performance.now();
sockets.forEach((socket, client) => keepBusy(socket, client));
await new Promise((resolve) => setTimeout(resolve, load.seconds * 1000));
isOver = true;
const seconds = (performance.now() - startMs) / 1000;
for (const socket of sockets) socket.destroy();
process.stdout.write(`${JSON.stringify(found())}\n`);

function keepBusy(socket: Socket, client: number): void {
  const request = Buffer.from(protocol.request(client, load.batch));
  let sentAt = performance.now();
  let heard = '';
  const send = (): void => {
    heard = '';
    sentAt = performance.now();
    socket.write(request);
  };
  socket.on('data', (bytes) => {
    heard += bytes.toString('latin1');
    const { outcome, answer } = protocol.judge(heard);
    if (answer !== undefined) socket.write(answer);
    if (outcome === 'incomplete' || isOver) return;
    if (outcome === 'failed') failures += 1;
    microseconds.push((performance.now() - sentAt) * 1000);
    send();
  });
  socket.on('close', () => {
    if (!isOver) failures += 1;
  });
  socket.write(protocol.greeting(client));
  send();
}

function opened(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: load.port, host: '127.0.0.1', noDelay: true }, () => resolve(socket));
    socket.on('error', reject);
  });
}

function found(): LoadResult {
  return { requests: microseconds.length, seconds, failures, ...latenciesOf(microseconds, seconds, load.clients) };
}
