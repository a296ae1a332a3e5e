/** What is wrong with what programs saw of a log through the client, in sentences. */
import type { Message } from '@replog/client';
import type { Seen } from './client-under-faults.js';

export function wrongWith({ acknowledged, tails, log }: Seen): string[] {
  const stored = log.map(({ message }) => message);
  const times = new Map<string, number>();
  for (const message of stored) times.set(message, (times.get(message) ?? 0) + 1);
  const lost = acknowledged.filter((message) => !times.has(message)).map((message) => `lost: ${message}`);
  const doubled = [...times].filter(([, count]) => count > 1).map(([message]) => `doubled: ${message}`);
  const outOfOrder = tails.flatMap((tail, number) => firstDifference(tail, log, number));
  return [...lost, ...doubled, ...outOfOrder, ...disorderIn(stored)];
}

function firstDifference(tail: readonly Message[], log: readonly Message[], number: number): string[] {
  const length = Math.max(tail.length, log.length);
  for (let at = 0; at < length; at++) {
    const [given, kept] = [tail[at], log[at]];
    if (given?.seq !== kept?.seq || given?.epoch !== kept?.epoch || given?.message !== kept?.message)
      return [`tail ${number} gives ${said(given)} where the log has ${said(kept)}`];
  }
  return [];
}

/** A writer, and the lines of the batches, waited for one message before the next, so they are in the log in that order. */
function disorderIn(stored: readonly string[]): string[] {
  const last = new Map<string, string>();
  const wrong: string[] = [];
  for (const message of stored) {
    const [writer = '', ...numbers] = message.startsWith('batch') ? ['batch', message] : message.split(', message ');
    const before = last.get(writer);
    if (before !== undefined && before.localeCompare(numbers.join(), 'en', { numeric: true }) >= 0)
      wrong.push(`out of order: ${message}`);
    last.set(writer, numbers.join());
  }
  return wrong;
}

function said(message: Message | undefined): string {
  return message === undefined ? 'nothing' : `${message.seq}@${message.epoch}, ${JSON.stringify(message.message)}`;
}
