/** Draws faults, one after the other, from the seed. */
import { badNetwork, clockJump, cutLink, partition } from './network.js';
import { bitFlip } from './bit-flip.js';
import { failedSync, fullDisk, slowDisk, wipedDisk } from './disk.js';
import { freeze, kill, masterDies, newMaster, powerLoss, promotion, stopInOrder, wholeCluster } from './ending.js';
import type { Fault, FaultScene } from './fault.js';
import { handover } from './handover.js';
import { removal } from './membership.js';
import { forecasted, reappend } from './operator.js';

export const FAULTS: readonly Fault[] = [
  ...[kill, powerLoss, stopInOrder, wholeCluster, masterDies, freeze, newMaster, promotion],
  ...[slowDisk, failedSync, fullDisk, wipedDisk, bitFlip],
  ...[partition, cutLink, badNetwork, clockJump, removal],
  ...[handover, forecasted, reappend],
];

export class Misfortune {
  private readonly faults: readonly Fault[];
  /** A run has its own climate: some have a fault every moment, some hardly any. */
  private readonly meanMs: number;

  constructor(
    private readonly scene: FaultScene,
    without: readonly string[],
    private readonly struck: (fault: string, what: string) => void,
  ) {
    this.faults = FAULTS.filter(({ name }) => !without.includes(name));
    this.meanMs = 60 + scene.random.next() * 700;
  }

  begin(): void {
    const { scheduler, random, isOver } = this.scene;
    const again = (): void => {
      if (isOver()) return;
      this.strike();
      scheduler.after(-Math.log(1 - random.next()) * this.meanMs, again);
    };
    scheduler.after(this.meanMs, again);
  }

  private strike(): void {
    const total = this.faults.reduce((sum, { weight }) => sum + weight, 0);
    let left = this.scene.random.next() * total;
    for (const fault of this.faults) {
      left -= fault.weight;
      if (left >= 0) continue;
      const what = fault.strike(this.scene);
      if (what !== null) this.struck(fault.name, what);
      return;
    }
  }
}
