/**
 * Draws faults from the seed, one after the other. Each strike has its own random stream, so leaving one out does not
 * change the others. Shortening a run relies on that.
 */
import type { Random } from '@replog/contracts/ports.js';
import type { StoryOfPlant } from '../plants/plant.js';
import { badNetwork, clockJump, cutLink, deadLink, partition } from './network.js';
import { bitFlip } from './bit-flip.js';
import { burst } from './burst.js';
import { failedSync, fullDisk, grayDisk, hungDisk, lack, slowDisk, wipedAsMaster, wipedDisk } from './disk.js';
import { freeze, kill, masterDies, newMaster, powerLoss, promotion, stopInOrder, wholeCluster } from './ending.js';
import { copied } from './copied.js';
import { between, pick } from './fault.js';
import type { Fault, FaultScene } from './fault.js';
import { transfer } from './transfer.js';
import { leftBehind } from './left-behind.js';
import { leaving, removal } from './membership.js';
import { pausedFailover } from './pause.js';
import { halfCut, laggardsLeft } from './half-cut.js';
import { restored, restoredBetweenTerms, restoredInTerm } from './restored.js';
import { forecasted, reappend } from './operator.js';
import { rollingUpgrade } from './rolling-upgrade.js';
import { claim } from './stranger.js';

export const FAULTS: readonly Fault[] = [
  ...[kill, powerLoss, stopInOrder, wholeCluster, masterDies, freeze, newMaster, promotion],
  ...[slowDisk, hungDisk, grayDisk, failedSync, fullDisk, lack, wipedDisk, wipedAsMaster, restored, copied, bitFlip],
  ...[partition, cutLink, deadLink, badNetwork, clockJump, removal, leaving],
  ...[transfer, forecasted, reappend, leftBehind, burst, rollingUpgrade, claim],
  ...[halfCut, pausedFailover],
];

/** Some runs begin with one of these, alone for a while: among other faults few would come to their end. */
const STORIES: readonly Fault[] = [leftBehind, transfer, grayDisk];
const STORIES_OF_PLANTS: Readonly<Record<StoryOfPlant, Fault>> = {
  'restored in a term': restoredInTerm,
  'restored between terms': restoredBetweenTerms,
  'directory copied': copied,
  'master cut off from some': halfCut,
  'master killed': masterDies,
  'link open and dead': deadLink,
  'failover paused': pausedFailover,
  'clock jumps': clockJump,
  'master dies after it was cut off from a few': laggardsLeft,
};
const STORY_CHANCE = 0.9;
/** Of the other runs, so many begin with this one. */
const COPIED_CHANCE = 0.6;
/** By then all nodes are usually members. */
const STORY_AT_MS = { least: 250, most: 900 };
const STORY_TAKES_MS = 2_200;

/** A fault that happened. */
export interface Strike {
  /** Its number among all strikes drawn. */
  readonly number: number;
  readonly atMs: number;
  readonly fault: string;
  readonly what: string;
}

export interface MisfortuneSetting {
  /** A stream of chance of its own for each part. */
  readonly chance: (part: string) => Random;
  /** Names of faults that are not drawn. */
  readonly without: readonly string[];
  /** Numbers of the only strikes that happen; `null` for all. */
  readonly only: readonly number[] | null;
  readonly struck: (strike: Strike) => void;
  /** The numbers of the strikes begin after this one. */
  readonly after: number;
  /** What the run begins with; `null` where that is drawn. */
  readonly story: StoryOfPlant | null;
}

export class Misfortune {
  private readonly faults: readonly Fault[];
  private readonly random: Random;
  /** Runs differ: some have a fault every moment, some hardly any. */
  private readonly meanMs: number;
  private drawn: number;

  constructor(
    private readonly scene: Omit<FaultScene, 'random'>,
    private readonly setting: MisfortuneSetting,
  ) {
    this.faults = FAULTS.filter(({ name }) => !setting.without.includes(name));
    this.drawn = setting.after;
    this.random = setting.chance(`faults after ${setting.after}`);
    this.meanMs = 60 + this.random.next() * 700;
  }

  begin(): void {
    const { scheduler, isOver } = this.scene;
    const again = (): void => {
      if (isOver()) return;
      this.drawn += 1;
      this.strike(this.drawn, this.draw());
      scheduler.after(-Math.log(1 - this.random.next()) * this.meanMs, again);
    };
    const drawn = this.random.next() < STORY_CHANCE ? pick(this.random, STORIES) : this.drawCopied();
    const story = this.setting.story === null ? drawn : STORIES_OF_PLANTS[this.setting.story];
    if (story === null) return void scheduler.after(this.meanMs, again);
    const number = ++this.drawn;
    const atMs = between(this.random, STORY_AT_MS.least, STORY_AT_MS.most);
    scheduler.after(atMs, () => isOver() || this.strike(number, story));
    scheduler.after(atMs + (story.aloneMs ?? STORY_TAKES_MS), again);
  }

  private drawCopied(): Fault | null {
    const { chance, without, after } = this.setting;
    const isDrawn = chance(`copied after ${after}`).next() < COPIED_CHANCE;
    return isDrawn && !without.includes(copied.name) ? copied : null;
  }

  private draw(): Fault | undefined {
    const total = this.faults.reduce((sum, { weight }) => sum + weight, 0);
    let left = this.random.next() * total;
    return this.faults.find(({ weight }) => (left -= weight) < 0);
  }

  private strike(number: number, fault: Fault | undefined): void {
    const { only, chance, struck } = this.setting;
    if (fault === undefined || only?.includes(number) === false) return;
    this.scene.cluster.copies.end();
    const what = fault.strike({ ...this.scene, random: chance(`strike ${number}`) });
    if (what !== null) struck({ number, atMs: this.scene.scheduler.nowMs, fault: fault.name, what });
  }
}
