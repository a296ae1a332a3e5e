/** One thing that is measured, on us alone or on all contenders side by side. */
import type { Options } from '../options.js';
import type { Contender } from '../peers/contender.js';
import type { Findings } from '../report/findings.js';

export interface Scene {
  readonly options: Options;
  /** For the data of clusters that a case starts for itself. */
  readonly folder: string;
  readonly findings: Findings;
  /** Of ours. */
  readonly version: string;
  readonly signal: AbortSignal;
}

/** Run on the cluster that all such cases share, and on the peers. */
export interface ComparedCase {
  readonly kind: 'compared';
  readonly id: string;
  readonly title: string;
  run(scene: Scene, contenders: readonly Contender[]): Promise<void>;
}

/** Run on clusters of its own. */
export interface OwnCase {
  readonly kind: 'own';
  readonly id: string;
  readonly title: string;
  run(scene: Scene): Promise<void>;
}

export type Case = ComparedCase | OwnCase;

/** As many rounds as asked for, one after the other, and no more once the run is interrupted. */
export async function eachRound({ options, signal }: Scene, act: () => Promise<void>): Promise<void> {
  for (let round = 0; round < options.rounds; round++) {
    signal.throwIfAborted();
    await act();
  }
}
