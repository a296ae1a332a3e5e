/** What a write concern asks for, as a number of member secondaries. */
import type { WriteConcern } from '@replog/contracts';
import { majorityOf } from '../quorum/majority.js';

/**
 * `secondaries` is how many of the members besides the master; `memberCount` counts the master too. A number may ask for
 * more than there are today: a secondary may yet join.
 */
export function requiredSecondaries(concern: WriteConcern, memberCount: number): number {
  if (concern === 'all') return Math.max(0, memberCount - 1);
  if (concern === 'majority') return Math.max(0, majorityOf(Math.max(1, memberCount)) - 1);
  return concern;
}
