/** A call over the simulated network. It has two halves; each can be lost, late or repeated. */
import { ReplogError, toProblem } from '@replog/contracts/errors.js';
import type { Timer } from '@replog/contracts/ports.js';
import { CorruptRecordError } from '@replog/log-store/log-store.port.js';
import { PeerError } from '@replog/cluster/peers/transport.port.js';
import { corruptRecord } from '@replog/log-store/corrupt-record.js';
import type { Network } from '../engine/network.js';
import type { Door, Inhabitant } from './directory.js';

export interface Caller {
  readonly name: string;
  /** Can its request arrive twice? Between nodes it can; a client's connection carries it once. */
  readonly mayRepeat: boolean;
  run(step: () => void): void;
  after(ms: number, run: () => void): Timer;
}

/** No connection, or no answer: the request may have been executed or not. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

export class Calls {
  constructor(private readonly network: Network) {}

  /** Rejects with what the door threw, or with NoAnswerError. */
  call<Answer>(
    caller: Caller,
    target: Inhabitant | null,
    timeoutMs: number,
    ask: (door: Door) => Answer | Promise<Answer>,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      let isSettled = false;
      const settle = (how: () => void): void => {
        if (isSettled) return;
        isSettled = true;
        timer.cancel();
        how();
      };
      const timer = caller.after(timeoutMs, () =>
        settle(() => reject(new NoAnswerError(`no answer within ${timeoutMs} ms`))),
      );
      if (target === null) return;
      const back = (how: () => void): void =>
        this.network.carry(target.name, caller.name, () => caller.run(() => settle(how)), false);
      const arrive = (): void => {
        const { process } = target;
        if (process === null || process.isDead) return back(() => reject(new NoAnswerError('ECONNREFUSED')));
        process.run(() => {
          this.answer(target.door, ask).then(
            (answer) => !process.isDead && back(() => resolve(answer)),
            (error: unknown) => !process.isDead && back(() => reject(error as Error)),
          );
        });
      };
      this.network.carry(caller.name, target.name, arrive, caller.mayRepeat);
    });
  }

  private async answer<Answer>(door: Door | null, ask: (door: Door) => Answer | Promise<Answer>): Promise<Answer> {
    if (door === null) throw new ReplogError('NOT_READY', 'This node is starting.');
    if (door.closing !== null) throw door.closing;
    try {
      return await ask(door);
    } catch (error) {
      if (!(error instanceof CorruptRecordError)) throw error;
      door.damage.report(error, 'by a request');
      throw corruptRecord(error);
    }
  }
}

/** The error that a node sees for a failed call. */
export function toPeerError(url: string, path: string, error: unknown): PeerError {
  if (error instanceof ReplogError) {
    const { location } = error.details;
    return new PeerError(
      error.message,
      error.code,
      location === undefined ? null : `${location}${path}`,
      toProblem(error),
    );
  }
  return new PeerError(`${url} does not answer: ${error instanceof Error ? error.message : String(error)}`);
}
