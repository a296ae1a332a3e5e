/** Carries out a lane of the schedule, one step after the other, and counts what became of each. */
import { eventually } from '../../support/eventually.js';
import { cutASegment, flipABit } from './damage.js';
import { transfer, replaceAMember, killTheMaster, restartInOrder } from './operations.js';
import { lasting, NotNow } from './scene.js';
import type { Fault, Scene } from './scene.js';
import type { FaultKind, Step } from './schedule.js';
import { restoreACopy, runAClone } from './copied-directories.js';
import { fillTheDisk, forgetTheLinks, hangTheDisk, noDescriptors } from './lacks.js';
import { freeze, kill, killEverybody, partInTwo, partOneWay, partTheMaster } from './weather.js';

const FAULTS: Record<FaultKind, Fault> = {
  kill,
  'kill everybody': killEverybody,
  freeze,
  'part the master': partTheMaster,
  'part in two': partInTwo,
  'part one way': partOneWay,
  'fill the disk': fillTheDisk,
  'hang the disk': hangTheDisk,
  'forget the links': forgetTheLinks,
  'no descriptors': noDescriptors,
  transfer,
  'kill the master': killTheMaster,
  'restart in order': restartInOrder,
  'replace a member': replaceAMember,
  'flip a bit': flipABit,
  'cut a segment': cutASegment,
  'restore a copy': restoreACopy,
  'run a clone': runAClone,
};

/** Writes acknowledged before the next fault of a lane. */
const BETWEEN_FAULTS = 30;
const RECOVERY_MS = 6_000;

export interface Tally {
  done: number;
  /** By reason. */
  readonly left: Map<string, number>;
}

export interface LanesOptions {
  readonly scene: Scene;
  readonly totalMs: number;
  readonly signal: AbortSignal;
  readonly tallies: Map<FaultKind, Tally>;
  /** Writes acknowledged so far. */
  readonly acknowledged: () => number;
}

export class Lanes {
  /** An error in a fault itself ends both lanes. */
  private hasFailed = false;
  private readonly startedMs = performance.now();

  constructor(private readonly options: LanesOptions) {}

  async perform(steps: Iterable<Step>): Promise<void> {
    for (const step of steps) {
      await this.recovered();
      await lasting(step.restMs);
      if (this.isOver) return;
      await this.take(step);
    }
  }

  private get isOver(): boolean {
    return this.hasFailed || this.options.signal.aborted || performance.now() - this.startedMs > this.options.totalMs;
  }

  /** Faults prove most while the cluster works, but the wait for that is short. */
  private async recovered(): Promise<void> {
    const enough = this.options.acknowledged() + BETWEEN_FAULTS;
    const works = (): boolean => this.isOver || this.options.acknowledged() >= enough;
    await eventually('writes are acknowledged', works, { withinMs: RECOVERY_MS }).catch(() => undefined);
  }

  private async take(step: Step): Promise<void> {
    const { scene, tallies } = this.options;
    const tally = tallies.get(step.kind) ?? { done: 0, left: new Map<string, number>() };
    tallies.set(step.kind, tally);
    scene.underWay += 1;
    try {
      await FAULTS[step.kind](scene, step);
      tally.done += 1;
    } catch (error) {
      this.hasFailed ||= !(error instanceof NotNow);
      if (!(error instanceof NotNow)) throw error;
      scene.note(`left out: ${step.kind}: ${error.message}`);
      tally.left.set(error.message, (tally.left.get(error.message) ?? 0) + 1);
    } finally {
      scene.underWay -= 1;
    }
  }
}
