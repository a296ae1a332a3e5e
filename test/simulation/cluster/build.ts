/**
 * What a process is built by: the composition of one build. A rolling upgrade starts machines one by one with this build
 * that ran the earlier one. Both are the same until there is an earlier build that speaks the words of this one.
 */
import { composeMasterTerm } from '@replog/master/term/compose-master-term.js';
import { RoleRunner } from '@replog/node/role/role-runner.js';
import type { RoleRunnerOptions } from '@replog/node/role/role-runner.js';
import { composeSecondaryTerm } from '@replog/secondary/term/compose-secondary-term.js';

export interface Build {
  readonly name: 'earlier' | 'this';
  readonly composeMasterTerm: typeof composeMasterTerm;
  readonly composeSecondaryTerm: typeof composeSecondaryTerm;
  readonly composeRunner: (options: RoleRunnerOptions) => RoleRunner;
}

const COMPOSITION = {
  ...{ composeMasterTerm, composeSecondaryTerm },
  composeRunner: (options: RoleRunnerOptions) => new RoleRunner(options),
};

export const EARLIER_BUILD: Build = { name: 'earlier', ...COMPOSITION };
export const THIS_BUILD: Build = { name: 'this', ...COMPOSITION };
