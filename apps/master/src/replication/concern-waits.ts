/**
 * One waiting write per receipt: satisfied once its concern is met, pending when its timeout expires. Neither before the
 * record is durable on the master: every answer except a rejection says that it is.
 */
import { ReplogError } from '@replog/contracts/errors.js';
import { MAX_WAITING_WRITES } from '@replog/contracts/limits.js';
import type { Clock, Timer } from '@replog/contracts/ports.js';
import type { Outcome, WriteConcern } from '@replog/contracts/views.js';
import { WaitingWrites } from '@replog/core/concern/waiting-writes.js';
import { ENDED_WAIT_MS } from '@replog/http/server/caller.js';
import type { Caller, WaitForCaller } from '@replog/http/server/caller.js';
import type { NodeMetrics } from '@replog/runtime/metrics/node-metrics.js';
import type { CopyLedger } from './copy-ledger.js';
import type { WaitTimes } from './wait-times.js';

class Wait implements WaitForCaller {
  timer: Timer | null = null;

  constructor(
    private readonly waits: ConcernWaits,
    readonly index: number,
    readonly concern: WriteConcern,
    /** `null`: a later request for the receipt, which does not count in the wait times. */
    readonly startedMs: number | null,
    readonly endsMs: number,
    readonly caller: Caller | null,
    readonly settle: (outcome: Outcome) => void,
  ) {}

  callerEnded(): void {
    this.waits.shorten(this);
  }

  callerLeft(): void {
    this.waits.abandon(this);
  }
}

/** A write in its `DELAY`. */
interface Pause {
  readonly end: () => void;
  readonly timer: Timer;
}

export class ConcernWaits {
  private readonly waiting = new WaitingWrites<Wait>();
  /** Their timeout has expired, but the record is not durable on the master yet. */
  private readonly overdue = new Set<Wait>();
  private readonly pauses = new Set<Pause>();
  private readonly stopWatching: () => void;
  private isStopped = false;

  constructor(
    private readonly ledger: CopyLedger,
    private readonly clock: Clock,
    private readonly metrics: NodeMetrics,
    private readonly waitTimes: WaitTimes,
  ) {
    this.stopWatching = ledger.onProgress(() => this.settleSatisfied());
  }

  get waitingCount(): number {
    return this.waiting.size + this.overdue.size;
  }

  /** Throws OVERLOADED when too many writes wait. Called before anything is appended. */
  requireRoom(): void {
    if (this.waitingCount < MAX_WAITING_WRITES) return;
    throw new ReplogError(
      'OVERLOADED',
      `${MAX_WAITING_WRITES} writes already wait for their concern. Try again later.`,
      {
        retryAfterS: 1,
      },
    );
  }

  /** Resolves after `ms`, or when the waits end: after that no receipt may be given. */
  pause(ms: number): Promise<void> {
    if (this.isStopped) return Promise.resolve();
    return new Promise((end) => {
      const timer = this.clock.after(ms, () => {
        this.pauses.delete(pause);
        end();
      });
      const pause = { end, timer };
      this.pauses.add(pause);
    });
  }

  /** The outcome for the record at `index`: after `timeoutMs` at the latest, but never before it is durable here. */
  wait(index: number, concern: WriteConcern, timeoutMs: number, caller: Caller | null = null): Promise<Outcome> {
    return this.waitSince(this.clock.nowMs(), index, concern, timeoutMs, caller);
  }

  /** The same for a resumed wait; the first one may still run. */
  waitAgain(index: number, concern: WriteConcern, timeoutMs: number, caller: Caller | null = null): Promise<Outcome> {
    return this.waitSince(null, index, concern, timeoutMs, caller);
  }

  /** Its caller has closed its side. */
  shorten(wait: Wait): void {
    const restMs = Math.max(0, wait.endsMs - this.clock.nowMs());
    if (restMs <= ENDED_WAIT_MS) return;
    wait.timer?.cancel();
    wait.timer = this.clock.after(ENDED_WAIT_MS, () => this.expire(wait));
  }

  /** Its caller is gone. The record stays, and nobody hears the outcome. */
  abandon(wait: Wait): void {
    if (this.waiting.remove(wait) || this.overdue.delete(wait)) this.settle(wait, 'pending');
  }

  /** A batch waits for its last record; its receipt covers all of them. */
  hasAnswered(firstIndex: number, lastIndex: number): void {
    for (let index = firstIndex; index <= lastIndex; index++) this.ledger.hasAnswered(index);
  }

  /**
   * Ends every wait, also those that begin later: this node can no longer complete them. Their records are durable here
   * by now.
   */
  stop(): void {
    this.isStopped = true;
    this.stopWatching();
    this.settleSatisfied();
    for (const wait of [...this.waiting.takeAll(), ...this.overdue]) this.settle(wait, 'pending');
    this.overdue.clear();
    for (const { end, timer } of this.pauses) {
      timer.cancel();
      end();
    }
    this.pauses.clear();
  }

  private waitSince(
    startedMs: number | null,
    index: number,
    concern: WriteConcern,
    timeoutMs: number,
    caller: Caller | null,
  ): Promise<Outcome> {
    if (this.ledger.isSatisfied(index, concern)) {
      this.ledger.hasAnswered(index);
      this.noteWait(concern, startedMs);
      return Promise.resolve('satisfied');
    }
    if (this.isStopped || caller?.isGone === true) return Promise.resolve('pending');
    const endsMs = (startedMs ?? this.clock.nowMs()) + timeoutMs;
    return new Promise((settle) => {
      const wait = new Wait(this, index, concern, startedMs, endsMs, caller, settle);
      if (caller !== null) caller.wait = wait;
      this.waiting.add(wait);
      wait.timer = this.clock.after(timeoutMs, () => this.expire(wait));
      if (caller?.hasEnded === true) this.shorten(wait);
    });
  }

  private settleSatisfied(): void {
    for (const wait of this.waiting.takeSatisfied(this.ledger.acknowledgements)) this.settle(wait, 'satisfied');
    if (this.overdue.size === 0) return;
    for (const wait of this.overdue) {
      if (wait.index > this.ledger.masterDurable) continue;
      this.overdue.delete(wait);
      this.settle(wait, this.ledger.isSatisfied(wait.index, wait.concern) ? 'satisfied' : 'pending');
    }
  }

  private expire(wait: Wait): void {
    if (!this.waiting.remove(wait)) return;
    if (wait.index > this.ledger.masterDurable) this.overdue.add(wait);
    else this.settle(wait, 'pending');
  }

  private settle(wait: Wait, outcome: Outcome): void {
    wait.timer?.cancel();
    if (wait.caller !== null) wait.caller.wait = null;
    if (outcome === 'satisfied') {
      this.ledger.hasAnswered(wait.index);
      this.noteWait(wait.concern, wait.startedMs);
    }
    wait.settle(outcome);
  }

  private noteWait(concern: WriteConcern, startedMs: number | null): void {
    if (startedMs === null) return;
    const waitedMs = this.clock.nowMs() - startedMs;
    this.waitTimes.note(concern, waitedMs);
    this.metrics.observeConcernWait(String(concern), waitedMs);
  }
}
